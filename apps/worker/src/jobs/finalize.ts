import { hostsOf } from '@marteau/consent';
import { addressesOf } from '@marteau/net';
import { buildResults, mergeMeasurements, runFiles, summarise } from '@marteau/report';
import type { FaultEvent } from '@marteau/shared';
import { MarteauError, type Run, whyNotCompared } from '@marteau/shared';
import type { FinalizeJob, JobResult, Store } from '@marteau/store';
import { type AttemptRecord, type JobLease, LeaseEnded } from '@marteau/store';
import { writeConsoleFile } from '../console/console-file.ts';
import type { Context } from '../context.ts';
import { endInError } from '../lease/end-in-error.ts';
import type { LeasedJob } from '../lease/leased-job.ts';
import { storeFiles } from '../lease/store-files.ts';
import { whileAway } from '../lease/while-away.ts';
import { withLease } from '../lease/with-lease.ts';
import { baselinesOf } from '../project/baselines.ts';
import { environmentOf } from '../project/environment.ts';
import { type RunWork, readRunWork } from '../run-work.ts';
import { locationsOf } from '../share/locations-of.ts';
import { readShares } from '../share/share-file.ts';
import { finalizeOnce } from './finalize-once.ts';

/** A lost node is missed when its lease ends: so long before, it may have been gone already. */
const NOTICED_WITHIN_MS = 8_000;
/** Where a pull request's file did not say. */
const MAX_TIME_MS = 45 * 60_000;

/** Merges what the shares measured, judges it, publishes the report, and ends the run with its deliveries due. */
export function finalize(context: Context, job: FinalizeJob): Promise<JobResult> {
  return context.gate.job(async () => {
    const begun = await context.store.ledger.beginFinalize(job, context.node);
    if (!begun.lease) return begun.answer;
    const { lease } = begun;
    await withLease(context, {
      lease,
      name: `finalize-${lease.try}`,
      leaving: context.leaving.now,
      work: (job) =>
        context.activity.during(`reporting on ${job.run.name ?? job.run.project}`, () =>
          job.run.kind === 'once' ? finalizeOnce(context, job) : finalizeRun(context, job),
        ),
      fail: (job, failure) => endInError(context, job, failure),
      handBack: (why) => context.store.ledger.giveBack(lease, why),
    });
    return 'done';
  });
}

async function finalizeRun(context: Context, job: LeasedJob<JobLease>): Promise<void> {
  const { run, lease, folder, console, phase, masker, signal, log } = job;
  const { store, config } = context;
  phase.say('merging');
  const attempt = await store.ledger.attempt(run.id);
  const work = await readRunWork(store, run, console);
  if (!attempt || !work) throw new MarteauError('measurements-missing', { share: 0 });
  const shares = await whileAway(context, job, () => readShares(folder, attempt));
  const measured = mergeMeasurements(shares.map(({ measurements }) => measurements));
  const merged = { ...measured, notes: [...measured.notes, ...(await stopNotes(context, job, work))] };
  const lost = attempt.lost.map(({ share, node, at }) => ({
    share,
    node,
    at: at - NOTICED_WITHIN_MS,
    app: share === attempt.appShare,
  }));
  signal.throwIfAborted();
  const baselines = await baselinesOf(store, run, console);
  phase.say('writing the report');
  const results = masker.maskAll(
    buildResults({
      run: { ...run, stopped: attempt.stopped, endedAt: new Date(context.now()).toISOString() },
      url: `${config.publicUrl}/runs/${run.id}`,
      file: work.text,
      description: work.file.description,
      plan: work.file.load.plan,
      thresholds: work.file.thresholds,
      apdexThreshold: work.file.apdexUs,
      measurements: merged,
      locations: locationsOf(work.file, shares, lost),
      events: [...shares.flatMap(({ faults }) => faults), ...lostNodes(attempt)],
      lost,
      appNode: attempt.appShare === null ? undefined : attempt.nodes[attempt.appShare],
      environment: environmentOf(work.file, shares),
      baselines,
    }),
  );
  const { judgement } = results;
  if (!judgement) throw new MarteauError('measurements-missing', { share: 0 });
  await storeFiles(context, job, runFiles(results, merged, work.text));
  console.say(`${judgement.verdict}: ${judgement.reason}`);
  await job.settle();
  signal.throwIfAborted();
  await writeConsoleFile(folder);
  if (judgement.verdict === 'pass') await beginCheck(store, run, context.now());
  const ended = await store.runs.end(lease, {
    state: 'finished',
    verdict: judgement.verdict,
    reason: judgement.verdict === 'pass' ? null : judgement.reason,
    reasonCode: null,
    summary: summarise(results),
    hasReport: true,
  });
  if (!ended) throw new LeaseEnded('lost', 'another worker ended the run');
  log.info({ verdict: judgement.verdict }, 'ended');
}

/** The head of a pull request passed by itself: its base and it are run by turns, as long as its file gives them. */
async function beginCheck(store: Store, run: Run, now: number): Promise<void> {
  const { base, maxTimeMs } = run.cause?.pull ?? {};
  if (run.kind !== 'normal' || whyNotCompared(run) !== null || base === undefined) return;
  const begun = run.startedAt === null ? now : Date.parse(run.startedAt);
  const until = new Date(begun + (maxTimeMs ?? MAX_TIME_MS)).toISOString();
  await store.confirmations.beginCheck(run.id, { base, until });
}

/** Whether the owner of a target stopped it. */
async function stopNotes(
  { store }: Context,
  { run }: LeasedJob<JobLease>,
  { file }: RunWork,
): Promise<string[]> {
  const hosts = hostsOf(file);
  const block = await store.blocks.find(run.project, hosts, await addressesOf(hosts));
  return block?.run === run.id ? [`The owner of ${block.host} stopped the load.`] : [];
}

function lostNodes({ lost, startedAt, appShare }: AttemptRecord): FaultEvent[] {
  return lost.map(({ share, node, at, stopped }) => ({
    type: 'fault',
    at: Date.parse(startedAt ?? '') + at,
    kind: 'node',
    title: stopped ? 'Node stopped' : 'Node lost',
    detail: `${node}, ${share === appShare ? 'on which the app ran' : `which generated share ${share + 1}`}, was ${stopped ? 'stopped' : 'lost'}`,
    duration: 0,
  }));
}
