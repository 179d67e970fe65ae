import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { type Containment, findRung, launch, strongestSandbox } from '@marteau/launch';
import { calibrate } from '@marteau/load';
import { toolsHere } from '@marteau/run';
import { CONTAINED, toolLabel } from '@marteau/shared';
import { readSecretsFile } from '@marteau/source';
import { openStore } from '@marteau/store';
import type { Logger } from 'pino';
import { Activity } from './activity.ts';
import { openChannels } from './channels/index.ts';
import type { Config } from './config.ts';
import { bisectRound } from './confirm/bisect-round.ts';
import { confirmRound } from './confirm/confirm-round.ts';
import { type Context, HandBack } from './context.ts';
import { Gate } from './gate.ts';
import { createWorkerMeters } from './meters.ts';
import { startPipeline } from './pipeline.ts';
import { mayWatch } from './probes/may-watch.ts';
import { FORK_LABEL, whyNotForForks } from './project/forks.ts';
import { leaveWhenIdle } from './rounds/leave-when-idle.ts';
import { lookAfterFolders } from './rounds/look-after-folders.ts';
import { putBack } from './rounds/put-back.ts';
import { repeat } from './rounds/repeat.ts';
import { retainer } from './rounds/retain.ts';
import { sweeper } from './rounds/sweep.ts';
import type { Standing } from './standing.ts';
import { createTracer } from './traces/tracer.ts';

const UNSEALED =
  'namespaces are not permitted here, so a program of a run that clears its environment and leaves its process group may outlive it: see "What happens when something dies" in docs/operations.md';
const UNCONTAINED =
  'scripts are not contained here: they can read and change what this worker can; docs/security.md says what each way of containing them needs';
const RECONCILE_MS = 300;
const CONFIRM_MS = 1_000;
const SWEEP_MS = 5000;
const PUT_BACK_MS = 2000;
const RETAIN_MS = 60_000;
const IDLE_MS = 1000;
/** What handing back may take: ending programs, `after`, telling the ledger. */
const HAND_BACK_MS = 10_000;
/** Of Marteau, from the repository's package.json. */
const version: string = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
).version;

export interface Worker {
  /** Takes nothing new, finishes or hands back what has begun, and lets go of everything. */
  leave(): Promise<void>;
  /** Resolves with why it is to leave: somebody asks for it on the page of nodes, or it had nothing to do. */
  asked: Promise<string>;
  /** How it does, for probes. */
  standing(): Standing;
  /** Its figures, for Prometheus. */
  metrics(): Promise<string>;
  /** Whether somebody with this may see them. */
  mayWatch(bearer: string): Promise<boolean>;
}

/**
 * Joins as a node and works until `leave`.
 * @throws MarteauError node-name-taken, node-version, bad-node-name, secrets-*, bucket-*
 */
export async function startWorker(config: Config, log: Logger): Promise<Worker> {
  const now = Date.now;
  const { rung, whyNotStronger } = await findRung(config.contain);
  const secrets = await readSecretsFile(config.secretsFile);
  const store = await openStore({
    redisUrl: config.redisUrl,
    dataFolder: config.dataFolder,
    bucket: config.bucket,
    log,
    clientName: `worker-${config.node.name}`,
    kind: 'worker',
    rules: {
      perSubmitter: config.perSubmitter,
      nodesMax: config.nodesMax,
      unmetMs: config.deadlines.nodes,
    },
  });
  const activity = new Activity();
  const stop = Promise.withResolvers<string>();
  const status = () => ({
    doing: activity.words,
    load: loadavg()[0]! / availableParallelism(),
    freeMemory: freemem(),
  });
  const tools = await toolsHere(config.searchPath);
  const node = await store.nodes.join(nodeSpec(config, rung.containment, tools), status, (order) => {
    if (order === 'stop') stop.resolve('stop, on the page of nodes');
    else testNode(context).catch((error: Error) => log.warn({ err: error }, 'the result of a test was lost'));
  });
  const gate = new Gate();
  const sweep = sweeper({ config, store, gate, log });
  await sweep();

  const [asked, hard] = [new AbortController(), new AbortController()];
  const leaving = { asked: asked.signal, now: hard.signal };
  const standing = (): Standing => ({ isLeaving: asked.signal.aborted, isBusy: gate.isBusy });
  const meters = createWorkerMeters({ marteau: version, node: process.versions.node }, standing);
  const tracer = createTracer(config.traces, { version, node: node.node, log });
  const context: Context = {
    config,
    store,
    secrets,
    log,
    gate,
    rung,
    node,
    activity,
    meters,
    tracer,
    leaving,
    version,
    now,
  };
  const work = startPipeline(context, openChannels(context));
  const rounds = [
    repeat('ledger', RECONCILE_MS, log, () => store.reconcile('ledger')),
    repeat('folders', RECONCILE_MS, log, lookAfterFolders(store, gate, now)),
    repeat('confirm', CONFIRM_MS, log, () => confirmRound(context)),
    repeat('bisect', CONFIRM_MS, log, () => bisectRound(context)),
    repeat('sweep', SWEEP_MS, log, sweep),
    repeat('put-back', PUT_BACK_MS, log, () => putBack(context)),
    repeat('retain', RETAIN_MS, log, retainer({ retention: config.retention, store, gate, log, now })),
  ];
  if (config.idleExitMs !== null)
    rounds.push(repeat('idle', IDLE_MS, log, leaveWhenIdle(context, config.idleExitMs, stop.resolve)));
  const { name: sandbox, isSealed } = strongestSandbox();
  const { containment } = rung;
  log.info({ version, sandbox, containment, ...(whyNotStronger !== null && { whyNotStronger }) }, 'ready');
  if (containment === 'not contained' && config.contain !== 'off') log.warn({ whyNotStronger }, UNCONTAINED);
  const notForForks = whyNotForForks(config, containment);
  if (config.node.labels.trust === FORK_LABEL.trust && notForForks !== null)
    log.warn({}, `the label trust=forks is left out: ${notForForks}; docs/guide/continuous.md says more`);
  if (!isSealed) log.warn({ sandbox }, UNSEALED);

  return {
    asked: stop.promise,
    standing,
    metrics: () => meters.text(),
    mayWatch: (bearer) => mayWatch(context, bearer),
    async leave() {
      asked.abort(new HandBack(`the worker ${node.node} is stopping`));
      const tooLong = setTimeout(
        () => hard.abort(new HandBack(`the worker ${node.node} is stopping`)),
        config.deadlines.grace,
      );
      // Redis may be away: then nothing can be said, and the lease tells it all.
      await Promise.race([node.drain(), after(1000)]);
      await Promise.all(work.map((each) => each.close(config.deadlines.grace + HAND_BACK_MS)));
      clearTimeout(tooLong);
      await Promise.all(rounds.map((round) => round.stop()));
      await Promise.race([node.leave(), after(1000)]);
      await Promise.race([tracer.close(), after(1000)]);
      await store.close();
    },
  };
}

/** @param tools of others that are here, with their versions: a run goes to nodes that have its tool */
function nodeSpec(config: Config, containment: Containment, tools: Readonly<Record<string, string>>) {
  const isContained = containment === 'not contained' ? {} : { [CONTAINED]: 'yes' };
  const has = Object.keys(tools).map((name) => [toolLabel(name), 'yes']);
  const { trust, ...labels } = config.node.labels;
  const isForForks = whyNotForForks(config, containment) === null;
  const kept = trust !== undefined && (trust !== FORK_LABEL.trust || isForForks) ? { trust } : {};
  return {
    ...config.node,
    labels: { ...Object.fromEntries(has), ...isContained, ...labels, ...kept },
    cores: availableParallelism(),
    memory: totalmem(),
    containment,
    versions: { ...tools, marteau: version, node: process.versions.node },
  };
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/**
 * Measures what this node can generate, against a target of its own, when somebody asks for it on the page of nodes.
 * Nothing else is done here meanwhile; a node that is not free any more is left alone.
 */
async function testNode({ node, gate, activity, leaving, log, now }: Context): Promise<void> {
  if (!(await node.beginTest())) {
    log.info('not tested: the node is not free any more');
    return;
  }
  const at = new Date(now()).toISOString();
  try {
    const { holds, sentence } = await activity.during('being tested', () =>
      gate.load(leaving.asked, () => calibrate({ launch, signal: leaving.asked })),
    );
    log.info({ rate: holds }, 'tested');
    await node.endTest({ at, rate: holds, sentence });
  } catch (error) {
    const { message } = error as Error;
    log.warn({ err: error }, 'the test of this node did not end');
    await node.endTest({ at, rate: null, sentence: `The test did not come to its end: ${message}` });
  }
}
