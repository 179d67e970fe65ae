import { randomUUID } from 'node:crypto';
import { openWorkFolder } from '@marteau/launch';
import { passwordsIn, RunConsole } from '@marteau/run';
import { growingMasker, hasEnded, isMarteauError, MarteauError, type Run, shownText } from '@marteau/shared';
import { projectSecrets, type Secrets, withOwnSecrets } from '@marteau/source';
import { hasTrace, type Lease, LeaseEnded, projectId, WORK_FOLDER } from '@marteau/store';
import { keepPart } from '../console/console-file.ts';
import { type Context, HandBack } from '../context.ts';
import { isOfFork, withoutProjects } from '../project/forks.ts';
import type { JobOutcome } from '../traces/spans.ts';
import { atWork } from './job-at-work.ts';
import { keepConsole } from './keep-console.ts';
import type { Failure, LeasedJob } from './leased-job.ts';
import { PhaseReporter } from './phase-reporter.ts';
import { purposeOf } from './work-folder.ts';

const LONGEST_REASON = 1000;

interface Options<H extends Lease> {
  lease: H;
  /** 'prepare-1', 'share-1-0': names its part of the console. */
  name: string;
  /** When this process leaves: the job is then handed back. */
  leaving: AbortSignal;
  work: (job: LeasedJob<H>) => Promise<void>;
  /** Ends the run in error. */
  fail: (job: LeasedJob<H>, failure: Failure) => Promise<void>;
  /** This process is leaving, or Redis was away for so long that it had to stop: another one shall do it. */
  handBack: (why: string) => Promise<boolean>;
}

/**
 * Does the work of one job under its lease, and answers to the ledger however it ends:
 *
 *     done ─▶ (the work says so itself)      failed ─▶ fail, with a reason
 *     cancelled ─▶ acknowledge               leaving ─▶ hand back             lost ─▶ nothing
 *                                            Redis was away ─▶ hand back, once it is there again
 *
 * Whatever it was, nothing of it is left by then: no process, no folder.
 */
export async function withLease<H extends Lease>(context: Context, options: Options<H>): Promise<void> {
  const { lease } = options;
  const run = await context.store.runs.get(lease.runId);
  if (!run) return; // deleted, and the lease with it
  const watch = context.store.watch(lease);
  const broken = new AbortController();
  const own = await ownSecrets(context, run, lease);
  const job = openJob(context, options, run, { watch, broken: broken.signal, secrets: own.secrets });
  job.log.info('begun');
  const begun = context.now();
  let outcome: JobOutcome = 'done';
  await leaveTrace(context, job);
  try {
    if (own.why) throw own.why;
    await using folder = await openWorkFolder(purposeOf(context.config.dataFolder), context.node.node);
    await atWork(broken, () => options.work({ ...job, work: folder.path }));
    job.log.info('done');
  } catch (error) {
    outcome = await conclude(context, options, job, error);
  } finally {
    const done = { name: options.name, node: lease.node, begun, ended: context.now(), outcome };
    context.tracer.job(run.id, done, () => context.store.runs.get(run.id));
    job.phase.close();
    watch.close();
  }
}

/** With those that the project's owners have set; or why they cannot be read here, of which the job dies. */
async function ownSecrets(
  { store, secrets }: Context,
  run: Run,
  { stage }: Lease,
): Promise<{ secrets: Secrets; why: unknown }> {
  const { project } = run;
  // What strangers wrote is fetched, and gets nothing.
  if (isOfFork(run) && stage !== 'prepare') return { secrets: withoutProjects(secrets), why: null };
  try {
    const own = await store.projectSecrets.open(projectId(project));
    const all = withOwnSecrets(secrets, project, own);
    return { secrets: isOfFork(run) ? withoutProjects(all) : all, why: null };
  } catch (why) {
    return { secrets, why };
  }
}

function openJob<H extends Lease>(
  { store, config, log, now }: Context,
  { lease, name, leaving }: Options<H>,
  run: NonNullable<Awaited<ReturnType<typeof store.runs.get>>>,
  {
    watch,
    broken,
    secrets,
  }: { watch: ReturnType<typeof store.watch>; broken: AbortSignal; secrets: Secrets },
): LeasedJob<H> {
  const folder = store.folders.of(run.id);
  const masker = growingMasker([
    ...Object.values(projectSecrets(secrets, run.project)),
    ...passwordsIn(config.npm),
    ...[...secrets.git.values()].flatMap(({ token }) => [token, token.slice(token.indexOf(':') + 1)]),
  ]);
  const console = new RunConsole({
    send: (events) => store.events.append(run.id, events),
    masker,
    share: lease.stage === 'share' ? lease.share : 0,
    now,
  });
  return {
    lease,
    run,
    secrets,
    console,
    phase: new PhaseReporter((phase) => store.runs.setPhase(lease, phase)),
    masker,
    folder,
    work: '',
    signal: AbortSignal.any([watch.signal, leaving, broken]),
    stop: watch.stop,
    log: log.child({ run: run.id, job: name }),
    async settle() {
      await console.flush();
      await keepPart(folder, name, console.text).catch((error: Error) =>
        log.warn({ run: run.id, err: error }, 'a part of the console was not kept'),
      );
    },
  };
}

/** Should Redis lose its data, this tells of the run. One share's word is enough. */
async function leaveTrace({ store }: Context, { lease, run, log }: LeasedJob<Lease>): Promise<void> {
  if (lease.stage === 'share' && lease.share > 0) return;
  await store.runs.trace(run).catch((error: Error) => log.warn({ err: error }, 'the run left no trace'));
}

async function conclude<H extends Lease>(
  context: Context,
  { lease, fail, handBack }: Options<H>,
  job: LeasedJob<H>,
  error: unknown,
): Promise<JobOutcome> {
  const { signal, log } = job;
  const why: unknown = signal.aborted ? signal.reason : error;
  if (why instanceof HandBack || (why instanceof LeaseEnded && why.kind === 'store-away')) {
    log.info({ why: why.message }, 'handed back');
    await job.settle();
    if (!(await handBack(why.message))) await removeStale(context, lease);
    return 'handed back';
  }
  if (why instanceof LeaseEnded && (why.kind === 'cancelled' || why.kind === 'aborted')) {
    log.info({ why: why.kind }, 'stopped');
    await keepConsole(job); // also of a share that was stopped because another one ended the run
    await context.store.ledger.acknowledge(lease);
    return 'stopped';
  }
  if (why instanceof LeaseEnded) {
    log.warn({ why: why.message }, 'given up: the lease is lost');
    await removeStale(context, lease);
    return 'lost';
  }
  const failure = failureOf(why, job);
  context.meters.failed(failure.reasonCode ?? 'unknown');
  job.console.say(failure.reason);
  await fail(job, failure);
  return 'failed';
}

/** What a person is told of an error; one that nobody foresaw is logged under a number of its own. */
function failureOf(error: unknown, { lease, masker, log }: LeasedJob<Lease>): Failure {
  if (isMarteauError(error)) {
    const reason = short(shownText(masker.mask(error.message)));
    log.info({ code: error.code }, reason);
    return { reason, reasonCode: error.code };
  }
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  if (['ENOSPC', 'EDQUOT'].includes(code)) {
    const full = new MarteauError('node-disk-full', { node: lease.node });
    return { reason: full.message, reasonCode: full.code };
  }
  const id = randomUUID().slice(0, 8);
  log.error({ err: error, id }, 'a defect');
  const internal = new MarteauError('internal', { id });
  return { reason: internal.message, reasonCode: internal.code };
}

function short(reason: string): string {
  return reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}…` : reason;
}

/** Removes what a job wrote into the folder of its run after that was over: it had stood still for a while. */
async function removeStale({ store }: Pick<Context, 'store'>, { runId }: Lease): Promise<void> {
  const folder = store.folders.of(runId);
  const run = await store.runs.get(runId);
  if (run && hasEnded(run.state)) await folder.remove(WORK_FOLDER);
  // Deleted, if it is not one that Redis has lost, whose folder is all that tells of it.
  if (!run && (await folder.text('run.json')) === null && !(await hasTrace(folder)))
    await store.folders.remove(runId);
}
