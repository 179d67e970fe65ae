import { locationOf } from '@marteau/file';
import type { Measurements } from '@marteau/measure';
import {
  controlsOf,
  engineOf,
  generateShare,
  type MeasuredShare,
  type PreparedShare,
  prepareShare,
  type ShareOptions,
  startDeadline,
  watchDisk,
} from '@marteau/run';
import type { MarteauError, Run } from '@marteau/shared';
import { type JobResult, LeaseEnded, type ShareJob, type ShareLease, type Start } from '@marteau/store';
import { type Context, HandBack } from '../context.ts';
import { keepConsole } from '../lease/keep-console.ts';
import type { LeasedJob } from '../lease/leased-job.ts';
import { leaveBeforeStart } from '../lease/leave-before-start.ts';
import { storeFiles } from '../lease/store-files.ts';
import { withLease } from '../lease/with-lease.ts';
import {
  consentInWords,
  type DecidedTargets,
  decideTargets,
  limitsOf,
  ratesOf,
  watchTargets,
} from '../project/decide-targets.ts';
import { requireForkNode } from '../project/forks.ts';
import { putBack } from '../rounds/put-back.ts';
import { type RunWork, readRunWork } from '../run-work.ts';
import { isAppNode, isHost, openAround } from '../share/open-around.ts';
import { fileOfShare, type ShareFile } from '../share/share-file.ts';
import { diskOf, shareOptions } from '../share/share-options.ts';
import { stopLinks } from '../share/stop-links.ts';
import { tellProgress } from '../share/tell-progress.ts';
import { outOf, unpack } from '../share/unpack.ts';

/** Generates one share of a run's load on this node, or has its app, and does nothing else meanwhile. */
export async function share(context: Context, data: ShareJob): Promise<JobResult> {
  const { ledger } = context.store;
  const begun = await ledger.beginShare(data, context.node);
  if (!begun.lease) return begun.answer;
  const { lease } = begun;
  const leaving = leaveBeforeStart(context.leaving);
  await withLease(context, {
    lease,
    name: `share-${lease.attempt}-${lease.share}`,
    leaving: leaving.signal,
    work: (job) => context.gate.load(job.signal, () => workOnShare(context, job, leaving.started)),
    async fail(job, failure) {
      await keepConsole(job);
      await ledger.fail(lease, failure);
    },
    handBack: (why) =>
      leaving.hasStarted()
        ? ledger.abandon(lease, why, context.leaving.asked.aborted)
        : ledger.giveBack(lease, why),
  });
  return 'done';
}

async function workOnShare(context: Context, job: LeasedJob<ShareLease>, started: () => void): Promise<void> {
  const { lease, run } = job;
  const work = await readRunWork(context.store, run, job.console);
  if (!work) throw new LeaseEnded('lost', 'the run has ended meanwhile');
  const doing = isAppNode(work.file, lease) ? 'running the app of' : 'generating load for';
  await context.activity.during(`${doing} ${run.name ?? run.project}`, () =>
    doShare(context, job, work, started),
  );
}

/** What both kinds of share need: one that generates load, and one that has the app. */
interface Part {
  options: ShareOptions;
  prepared: PreparedShare;
  work: RunWork;
  targets: DecidedTargets;
  /** Waits for the other shares; resolves with the moment to start at. */
  barrier: () => Promise<number>;
  /** Keeps what was measured or seen, with what is to be told of its surroundings. */
  keep: (measured: Pick<ShareFile, 'measurements' | 'seen'>, facts: MeasuredShare['facts']) => Promise<void>;
}

async function doShare(
  context: Context,
  job: LeasedJob<ShareLease>,
  work: RunWork,
  started: () => void,
): Promise<void> {
  const { lease, run, phase, masker } = job;
  if (lease.share === 0) tellWait(context, run);
  const { store } = context;
  const { file } = work;
  using deadline = startDeadline(file.timeoutMs, job.signal, () => phase.current);
  using held = new DisposableStack();
  held.defer(
    store.commands.listen(lease, (command) => {
      if (command.do === 'load') deadline.extend(command.change.holdMs ?? 0);
    }),
  );
  using disk = watchDisk(diskOf(context, job), deadline.signal);
  const { signal } = disk;

  requireForkNode(context, run);
  const targets = await decideTargets(context, job, file);
  phase.say('unpacking the project');
  const places = await unpack(store.trees, work, { work: job.work, wdir: file.wdir, signal });
  const options: ShareOptions = {
    ...shareOptions(context, job, work, places),
    stops: await stopLinks(context, job, file),
    rates: ratesOf(targets),
    limits: limitsOf(targets, lease.of),
    mode: run.kind === 'once' ? 'once' : 'load',
    signal,
    outside: {
      priorStates: {
        keep: (place, state) => store.repairs.keep({ place, lease, state }),
        forget: (place) => store.repairs.forget({ place, lease }),
      },
      onCommand: (listener) =>
        store.commands.listen(lease, (command) => void (command.do !== 'load' && listener(command))),
      keepText: async (name, text) => void (await job.folder.put(name, masker.mask(text))),
    },
    onFault: (fault) => void store.events.append(run.id, [fault]).catch(() => {}), // the report has it in any case
  };
  await using prepared = await prepareShare(options);
  // A run before this one may have died in the middle of a fault of the same proxy. Others' wait for nobody here.
  const own = new Set(controlsOf(file));
  if (own.size > 0) await putBack(context, (control) => own.has(control));
  const barrier = async (): Promise<number> => {
    phase.say('waiting for the start');
    const startAt = startOf(await store.ledger.ready(lease, signal), signal);
    started();
    return startAt;
  };
  const keep: Part['keep'] = (measured, facts) =>
    storeFiles(
      context,
      job,
      fileOfShare(lease, {
        ...masker.maskAll(measured),
        faults: [...prepared.faults],
        environment: masker.maskAll({ ...prepared.facts, ...facts, Consent: consentInWords(targets) }),
      }),
    );
  const part = isAppNode(file, lease) ? serve : measure;
  try {
    await part(context, job, { options, prepared, work, targets, barrier, keep });
  } catch (error) {
    throw prepared.explained(error);
  }
  await job.settle();
  if (!(await store.ledger.done(lease))) throw new LeaseEnded('lost', 'the attempt was over meanwhile');
}

/** How long it waited for its nodes this time. */
function tellWait({ meters, now }: Context, { timeline }: Run): void {
  const since = timeline.findLast(({ state }) => state === 'waiting')?.at;
  if (since !== undefined) meters.waited(Math.max(0, now() - Date.parse(since)));
}

/** The moment at which all shares begin. @throws HandBack when this one would begin too late */
function startOf(start: Start, signal: AbortSignal): number {
  signal.throwIfAborted();
  if (!start.go) throw new LeaseEnded(start.kind, 'the attempt ended at the barrier');
  if (start.tooLate()) throw new HandBack('it would have begun too late');
  return start.startAt;
}

/** Starts or finds what stands around the load, waits for the others, generates it, and keeps what was measured. */
async function measure(
  context: Context,
  job: LeasedJob<ShareLease>,
  { options, prepared, work, targets, barrier, keep }: Part,
): Promise<void> {
  const { store, node } = context;
  const { lease, run, stop, console, log } = job;
  const { file } = work;
  using watched = new DisposableStack();
  let withdrawn: MarteauError | null = null;
  await generateShare(options, prepared, {
    engine: engineOf(file),
    share: { index: lease.share, of: file.nodes.count },
    node: node.node,
    run: run.id,
    out: outOf(job.work),
    open: (around) => openAround(context, lease, file, around, job.run.profiles === true),
    begin: barrier,
    onStart(end, _plan, change) {
      if (stop.aborted) end();
      else stop.addEventListener('abort', end, { once: true });
      const unlisten = store.commands.listen(lease, (command, number) => {
        if (command.do === 'load') change?.(number, command.change);
      });
      watched.defer(unlisten);
      if (lease.share > 0) return;
      const watch = watchTargets(context, job, { file, decided: targets.decided }, (error) => {
        withdrawn = error;
        console.say(error.message);
        end();
        store.runs.stopAndReport(run.id).catch((why: Error) => log.warn({ err: why }));
      });
      watched.use(watch);
    },
    onMessage: tellProgress(store, job, locationOf(file.nodes, lease.share)?.name ?? null),
    // What it started is not this share's alone.
    outlast: async () => (isHost(file, lease) ? store.ledger.outlast(lease, options.signal) : undefined),
    // Should this worker be killed while `after` of the file takes its time, nothing is lost.
    deliver: ({ measurements, facts }) => keep({ measurements: noted(measurements, withdrawn) }, facts),
  });
}

/** Measurements with a remark on why the load was ended. */
function noted(measurements: Measurements, why: MarteauError | null): Measurements {
  return why ? { ...measurements, notes: [...measurements.notes, why.message] } : measurements;
}

/** Starts the app, and what else stands around the run, on a node that generates no load, until all others have ended theirs. */
async function serve(
  context: Context,
  job: LeasedJob<ShareLease>,
  { options, prepared, work, barrier, keep }: Part,
): Promise<void> {
  const { store, node } = context;
  const { signal } = options;
  await using around = await openAround(context, job.lease, work.file, prepared.around);
  const startAt = await barrier();
  around.loadBegins(startAt);
  await store.ledger.outlast(job.lease, signal);
  signal.throwIfAborted();
  const seen = await around.note({ startedAt: new Date(startAt).toISOString() });
  await keep({ measurements: null, seen }, { ...around.facts, 'App node': node.node });
}
