import { resolve } from 'node:path';
import { MarteauError } from '@marteau/shared';
import { createArrivals } from './arrivals/arrivals.ts';
import { createAudit } from './audit/audit.ts';
import { createBin } from './bin/bin.ts';
import { createBinRecords } from './bin/bin-records.ts';
import { createBisects } from './bisects/bisects.ts';
import { createBlocks } from './blocks/blocks.ts';
import { createCommands } from './commands/commands.ts';
import { createConfirmations } from './confirmations/confirmations.ts';
import type { Context } from './context.ts';
import { createChannels } from './control/channels.ts';
import { watchLease } from './control/watch.ts';
import { createDeliveries } from './deliveries/deliveries.ts';
import { createEvents } from './events/events.ts';
import { createHub } from './events/hub.ts';
import { openFolders } from './folders/open-folders.ts';
import { claimFolders, standAsServer } from './folders/same-folders.ts';
import { usableFolder } from './folders/usable-folder.ts';
import { createHooks } from './hooks/hooks.ts';
import { createProducers } from './jobs/producers.ts';
import { workOn } from './jobs/work.ts';
import { createApiKeys } from './keys/keys.ts';
import { createLedger } from './ledger/ledger.ts';
import { defaultRules } from './ledger/rules.ts';
import { createLinks } from './links/links.ts';
import { createMailboxes } from './mailboxes/mailboxes.ts';
import { createNodes } from './nodes/nodes.ts';
import { createNotes } from './notes/notes.ts';
import { createPeople } from './people/people.ts';
import { createProjectSecrets } from './project-secrets/project-secrets.ts';
import { createProjects } from './projects/projects.ts';
import { reconcile } from './reconcile.ts';
import { createClock } from './redis/clock.ts';
import { COMMAND_TIMEOUT_MS, connect, disconnect, impatient, patient } from './redis/connections.ts';
import { lookAtHealth } from './redis/health.ts';
import { defineScripts } from './redis/scripts.ts';
import { redisWarner, redisWarnings } from './redis/warnings.ts';
import { within } from './redis/within.ts';
import { createRepairs } from './repairs/repairs.ts';
import { createEndedRuns, keepEndedRuns } from './runs/ended-runs.ts';
import { createRunReader } from './runs/read.ts';
import { isIndexed, readNotices, rebuildIndex } from './runs/rebuild.ts';
import { retainRuns } from './runs/retain.ts';
import { createRuns } from './runs/runs.ts';
import { createScheduleTimes } from './schedules/schedule-times.ts';
import { createPersonSessions } from './sessions/person-sessions.ts';
import { createSessions } from './sessions/sessions.ts';
import { createSignIns } from './sign-in/sign-ins.ts';
import { readStanding } from './standing/standing.ts';
import type { Store, StoreOptions } from './store.ts';
import { createTurns } from './turns/turns.ts';
import { createHostTokens } from './vault/host-tokens.ts';
import { createVault } from './vault/vault.ts';
import { claimVersion, requireReadable } from './version/data-version.ts';

const CLOCK_MS = 30_000;

/**
 * Opens the store. Waits for Redis a moment and resolves either way: with Redis away, calls fail or wait (see
 * StoreOptions.kind). A bucket is looked at, and refused with what is wrong with it.
 * @throws 'bucket-missing', 'bucket-forbidden', 'bucket-elsewhere', 'bucket-full', 'bucket-unreachable'
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { log, kind } = options;
  const dataFolder = resolve(options.dataFolder);
  const rules = { ...defaultRules, ...options.rules };
  if (kind !== 'admin') await usableFolder(dataFolder);
  const places = await openFolders(dataFolder, options.bucket ?? null);
  const { folders, trees } = places;
  const redis = connect(options, 'commands', kind === 'worker' ? patient : impatient);
  const script = defineScripts(redis, rules);
  const clock = createClock(redis);
  const closing = new AbortController();
  const pending = new Set<Promise<unknown>>();

  const channels = createChannels(options);
  const ended = kind === 'web' ? keepEndedRuns(folders, channels) : createEndedRuns(folders);
  const read = createRunReader(redis, ended, log);
  const mailboxes = createMailboxes({ redis, script }, `${dataFolder}/mailboxes`);
  const people = createPeople({ redis, script, clock }, dataFolder);
  const projects = createProjects({ redis, script, clock, read }, `${dataFolder}/projects`, people);
  const apiKeys = createApiKeys({ redis, script, clock }, `${dataFolder}/keys`);
  const audit = createAudit({ redis, clock }, `${dataFolder}/audit`);
  const blocks = createBlocks({ redis, script, clock }, `${dataFolder}/blocks`);
  const hooks = createHooks({ redis, script, clock }, `${dataFolder}/hooks`);
  const schedules = createScheduleTimes({ redis, script }, `${dataFolder}/schedules`);
  const vault = createVault(`${dataFolder}/secrets.key`);
  const projectSecrets = createProjectSecrets({ redis, script, clock }, `${dataFolder}/secrets`, vault);
  const bin = createBinRecords({ redis, script }, `${dataFolder}/bin`);
  const records = [
    bin,
    projectSecrets,
    schedules,
    mailboxes,
    people,
    projects,
    apiKeys,
    audit,
    blocks,
    hooks,
  ];

  const context: Context = {
    redis,
    script,
    clock,
    rules,
    log,
    folders,
    places,
    read,
    makeProject: projects.make,
    bin,
    async fillRecords() {
      const wrong: string[] = [];
      for (const kind of records) wrong.push(...(await kind.fill()));
      return wrong;
    },
    producers: createProducers(redis, log, clock.now),
    channels,
    connection: options,
    background(work, fields, failure) {
      const done = work.catch((error: unknown) => log.debug({ ...fields, err: error }, failure));
      pending.add(done);
      done.finally(() => pending.delete(done));
    },
    closed: closing.signal,
    impatient: kind !== 'worker',
  };
  const arrivals = createArrivals(context, `${dataFolder}/spool`);
  const hub = createHub(options, redis);
  const runs = createRuns(context);
  const deliveries = createDeliveries(context);
  const binned = createBin(context, projects, hooks, [
    hooks,
    schedules,
    { remove: projectSecrets.removeAll },
  ]);

  /** Every time that Redis is there (again): what is its time, and is it still full? */
  const warn = redisWarner(redis, log);
  let standing: { leave(): Promise<void> } | null = null;
  const mayClaim = Promise.withResolvers<void>();
  const greet = async (): Promise<void> => {
    await context.clock.measure();
    if (kind === 'admin') return;
    context.background(warn(), {}, 'could not ask how Redis is set up');
    if (kind === 'web') {
      await mayClaim.promise;
      await claimFolders(context);
      await claimVersion({ redis, dataFolder });
    }
    if (!(await isIndexed(context))) await rebuildIndex(context);
    if (kind !== 'web') return;
    for (const why of await context.fillRecords()) log.warn({}, why);
    await arrivals.handOn();
    await projects.adopt(context);
  };
  redis.on('ready', () => context.background(greet(), {}, 'could not look at Redis'));
  const clockTimer = setInterval(() => {
    if (redis.status === 'ready')
      context.background(context.clock.measure(), {}, 'could not compare the clocks');
  }, CLOCK_MS);
  clockTimer.unref();

  const ready = new Promise<void>((done) => redis.once('ready', done));
  if (await within(COMMAND_TIMEOUT_MS, ready)) await within(COMMAND_TIMEOUT_MS, context.clock.measure());

  const store: Store = {
    runs,
    ledger: createLedger(context),
    nodes: createNodes(context),
    events: createEvents(context, hub),
    folders,
    trees,
    deliveries,
    sessions: createSessions(redis),
    personSessions: createPersonSessions({ redis, clock }),
    signIns: createSignIns(redis),
    mailboxes,
    projects,
    blocks,
    bin: binned,
    hooks,
    arrivals,
    turns: createTurns(context),
    schedules,
    people,
    apiKeys,
    vault,
    projectSecrets,
    hostTokens: createHostTokens({ redis }, vault),
    audit,
    links: createLinks(redis, `${dataFolder}/link.key`),
    bisects: createBisects(context),
    confirmations: createConfirmations(context, (run) =>
      deliveries.again(run, ({ kind }) => kind === 'status' || kind === 'comment'),
    ),
    notes: createNotes(context),
    commands: createCommands(context),
    repairs: createRepairs(context),
    watch: (lease) => watchLease(context, lease),
    work: (queue, handler, workOptions) => workOn(options, queue, handler, workOptions),
    reconcile: (part) => reconcile(context, part),
    rebuild: () => rebuildIndex(context),
    notices: () => readNotices(context),
    warnings: () => redisWarnings(redis),
    health: () => lookAtHealth(context),
    standing: () => readStanding(context),
    retain: (limits) => retainRuns(context, limits, { remove: runs.remove, bin: binned }),
    async ping() {
      if (redis.status !== 'ready') throw new MarteauError('store-unavailable', {});
      let answered = false;
      await within(
        COMMAND_TIMEOUT_MS,
        redis.ping().then(() => {
          answered = true;
        }),
      );
      if (!answered) throw new MarteauError('store-unavailable', {});
    },
    async close() {
      closing.abort();
      clearInterval(clockTimer);
      await within(1000, standing?.leave() ?? Promise.resolve());
      await within(1000, Promise.all(pending));
      await within(1000, context.producers.close());
      await Promise.all([hub.close(), context.channels.close(), disconnect(redis)]);
      places.close();
    },
  };
  try {
    await requireReadable({ redis, dataFolder });
    if (kind === 'web') standing = await standAsServer(context);
    mayClaim.resolve();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
