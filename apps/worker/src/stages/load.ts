import { join } from 'node:path';
import {
  type AroundOptions,
  type Fault,
  fillSecrets,
  foreignEnv,
  install,
  lockFacts,
  machineFacts,
  startDeadline,
  watchHosts,
  watchVersion,
} from '@marteau/fixture';
import type { FaultEvent } from '@marteau/shared';
import { projectSecrets } from '@marteau/source';
import type { JobResult, ShareJob } from '@marteau/store';
import { LeaseEnded, type ShareLease } from '@marteau/store';
import type { Context } from '../context.ts';
import { putBack } from '../put-back.ts';
import type { RunWork } from '../run-work.ts';
import { generate } from '../share/generate.ts';
import { isAppNode, isHost, openAround } from '../share/open-around.ts';
import { outside } from '../share/outside.ts';
import { planOf } from '../share/plan-of.ts';
import { fileOfShare, type ShareFile } from '../share/share-file.ts';
import { startOf } from '../share/start-of.ts';
import { unpack } from '../share/unpack.ts';
import { keepConsole } from '../stage/keep-console.ts';
import { leaveBeforeStart } from '../stage/leave-before-start.ts';
import type { Stage } from '../stage/stage.ts';
import { storeFiles } from '../stage/store-files.ts';
import { withHold } from '../stage/with-hold.ts';

/** Generates one share of a run's load on this node, or has its app, and does nothing else meanwhile. */
export async function load(context: Context, job: ShareJob): Promise<JobResult> {
  const { ledger } = context.store;
  const begun = await ledger.beginShare(job, context.node);
  if (!begun.lease) return begun.answer;
  const { lease: hold } = begun;
  const leaving = leaveBeforeStart(context.leaving);
  await withHold(context, {
    hold,
    name: `share-${hold.attempt}-${hold.share}`,
    leaving: leaving.signal,
    work: (stage) => context.gate.load(stage.signal, () => workOnShare(context, stage, leaving.started)),
    async fail(stage, failure) {
      await keepConsole(stage);
      await ledger.fail(hold, failure);
    },
    handBack: (why) => (leaving.hasStarted() ? ledger.abandon(hold, why) : ledger.giveBack(hold, why)),
  });
  return 'done';
}

async function workOnShare(context: Context, stage: Stage<ShareLease>, started: () => void): Promise<void> {
  const { hold, run } = stage;
  const work = (await context.store.runs.work(run.id)) as RunWork | null;
  if (!work) throw new LeaseEnded('lost', 'the run has ended meanwhile');
  const doing = isAppNode(work.file, hold) ? 'running the app of' : 'generating load for';
  await context.activity.during(`${doing} ${run.name ?? run.project}`, () =>
    doShare(context, stage, work, started),
  );
}

async function doShare(
  context: Context,
  stage: Stage<ShareLease>,
  work: RunWork,
  started: () => void,
): Promise<void> {
  const { hold, run, console, phase } = stage;
  const { store, config } = context;
  const { file } = work;
  const secrets = projectSecrets(context.secrets, run.project);
  using deadline = startDeadline(file.timeoutMs, stage.signal, () => phase.current);
  const { signal } = deadline;

  phase.say('unpacking the project');
  const places = await unpack(store.trees, work, { work: stage.work, wdir: file.wdir, signal });
  const base = foreignEnv(places, config.searchPath);
  const env = { ...base, ...fillSecrets(file.env, secrets, run.project) };

  await install({
    deps: file.deps,
    places,
    env: base, // installing needs no secret
    cache: join(config.dataFolder, 'npm-cache'),
    npmSettings: config.npm,
    console,
    phase,
    signal,
    deadlineMs: config.deadlines.install,
  });

  const locks = await lockFacts(places);

  const faults: FaultEvent[] = [];
  const onFault = (fault: Fault): void => {
    const event: FaultEvent = stage.masker.maskAll({ type: 'fault', at: context.now(), ...fault });
    faults.push(event);
    store.events.append(run.id, [event]).catch(() => {}); // the report has it in any case
  };
  const { deadlines } = config;
  const [target = null] = file.targets;
  // A run before this one may have died in the middle of a fault of the same proxy.
  await putBack(store, stage.log);
  const around = {
    target,
    places,
    env,
    console,
    phase,
    signal,
    deadlines,
    onFault,
    ...outside(store, stage),
  };
  const keep: Keep = (measured, facts) =>
    storeFiles(
      context,
      stage,
      fileOfShare(hold, {
        ...stage.masker.maskAll(measured),
        faults,
        environment: stage.masker.maskAll({ ...machineFacts(), ...locks, ...facts }),
      }),
    );
  const part = isAppNode(file, hold) ? serve : measure;
  await part(context, stage, { work, around, secrets: Object.values(secrets), started, keep });
  await stage.settle();
  if (!(await store.ledger.done(hold))) throw new LeaseEnded('lost', 'the attempt was over meanwhile');
}

/** Keeps what was measured or seen, with what is to be told of its surroundings. */
type Keep = (
  measured: Pick<ShareFile, 'measurements' | 'seen'>,
  facts: Record<string, string>,
) => Promise<void>;

interface PartOptions {
  work: RunWork;
  around: AroundOptions;
  /** Values that are never shown. */
  secrets: string[];
  /** Called at the barrier, when the load is about to begin. */
  started: () => void;
  keep: Keep;
}

/** Starts or finds what stands around the load, waits for the others, generates it, and keeps what was measured. */
async function measure(
  context: Context,
  stage: Stage<ShareLease>,
  { work, around: options, secrets, started, keep }: PartOptions,
): Promise<void> {
  const { store, now } = context;
  const { hold } = stage;
  const { phase, signal, places, console } = options;
  await using around = await openAround(context, hold, work.file, options);
  const version = await watchVersion(work.file, around.target, signal);
  for (const line of version.said) console.say(line);
  phase.say('loading the script');
  const plan = await planOf(stage.run, work, { around, places, secrets, signal });
  const barrier = async (): Promise<number> => {
    phase.say('waiting for the start');
    const startAt = startOf(await store.ledger.ready(hold, signal), signal);
    started();
    around.loadBegins(startAt);
    return startAt;
  };
  // All shares hit the same hosts: one of them asks.
  await using hosts = watchHosts(hold.share === 0 ? work.file.monitors : {}, { signal, now });
  const measured = await generate(context, stage, {
    work,
    plan,
    places,
    around,
    secrets,
    signal,
    barrier,
  });
  const noted = await hosts.note(await version.note(measured));
  // What it started is not this share's alone.
  if (isHost(work.file, hold)) await store.ledger.outlast(hold, signal);
  signal.throwIfAborted();
  // Before `after` of the file, which may take its time: should this worker be killed there, nothing is lost.
  await keep({ measurements: await around.note(noted) }, { ...version.facts, ...around.facts });
}

/** Starts the app, and what else stands around the run, on a node that generates no load, until all others have ended theirs. */
async function serve(
  context: Context,
  stage: Stage<ShareLease>,
  { work, around: options, started, keep }: PartOptions,
): Promise<void> {
  const { store, node } = context;
  const { phase, signal } = options;
  await using around = await openAround(context, stage.hold, work.file, options);
  phase.say('waiting for the start');
  const startAt = startOf(await store.ledger.ready(stage.hold, signal), signal);
  started();
  around.loadBegins(startAt);
  await store.ledger.outlast(stage.hold, signal);
  signal.throwIfAborted();
  const seen = await around.note({ startedAt: new Date(startAt).toISOString() });
  await keep({ measurements: null, seen }, { ...around.facts, 'App node': node.node });
}
