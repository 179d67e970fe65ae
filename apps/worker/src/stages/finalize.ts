import {
  buildResults,
  dataFiles,
  histogramLog,
  mergeMeasurements,
  renderReport,
  summarise,
} from '@marteau/report';
import type { FaultEvent } from '@marteau/shared';
import { MarteauError, onceTrigger } from '@marteau/shared';
import type { FinalizeJob, JobResult } from '@marteau/store';
import { type AttemptRecord, type JobLease, LeaseEnded } from '@marteau/store';
import { writeConsoleFile } from '../console/console-file.ts';
import type { Context } from '../context.ts';
import { environmentOf } from '../project/environment.ts';
import { goodRuns } from '../project/good-runs.ts';
import type { RunWork } from '../run-work.ts';
import { readShares } from '../share/share-file.ts';
import { endInError } from '../stage/end-in-error.ts';
import type { Stage } from '../stage/stage.ts';
import { storeFiles } from '../stage/store-files.ts';
import { whileAway } from '../stage/while-away.ts';
import { withHold } from '../stage/with-hold.ts';
import { finalizeOnce } from './finalize-once.ts';

/** A lost node is missed when its lease ends: so long before, it may have been gone already. */
const NOTICED_WITHIN_MS = 8_000;

/** Merges what the shares measured, judges it, publishes the report, and ends the run with its mails in the outbox. */
export function finalize(context: Context, job: FinalizeJob): Promise<JobResult> {
  return context.gate.desk(async () => {
    const begun = await context.store.ledger.beginFinalize(job, context.node);
    if (!begun.lease) return begun.answer;
    const { lease: hold } = begun;
    await withHold(context, {
      hold,
      name: `finalize-${hold.try}`,
      leaving: context.leaving.now,
      work: (stage) =>
        context.activity.during(`reporting on ${stage.run.name ?? stage.run.project}`, () =>
          stage.run.trigger === onceTrigger ? finalizeOnce(context, stage) : finalizeRun(context, stage),
        ),
      fail: (stage, failure) => endInError(context, stage, failure),
      handBack: (why) => context.store.ledger.giveBack(hold, why),
    });
    return 'done';
  });
}

async function finalizeRun(context: Context, stage: Stage<JobLease>): Promise<void> {
  const { run, hold, folder, console, phase, masker, signal, log } = stage;
  const { store, config } = context;
  phase.say('merging');
  const attempt = await store.ledger.attempt(run.id);
  const work = (await store.runs.work(run.id)) as RunWork | null;
  if (!attempt || !work) throw new MarteauError('measurements-missing', { share: 0 });
  const shares = await whileAway(context, stage, () => readShares(folder, attempt));
  const merged = mergeMeasurements(shares.map(({ measurements }) => measurements));
  signal.throwIfAborted();
  const baselines = await goodRuns(store, run, log);
  phase.say('writing the report');
  const results = masker.maskAll(
    buildResults({
      run: { ...run, stopped: attempt.stopped, endedAt: new Date(context.now()).toISOString() },
      url: `${config.publicUrl}/runs/${run.id}`,
      file: work.text,
      plan: work.plan,
      thresholds: work.file.thresholds,
      apdexThreshold: work.file.apdexUs,
      measurements: merged,
      events: [...shares.flatMap(({ faults }) => faults), ...lostNodes(attempt)],
      lost: attempt.lost.map(({ share, node, at }) => ({
        node,
        at: at - NOTICED_WITHIN_MS,
        app: share === attempt.appShare,
      })),
      environment: environmentOf(work.file, shares),
      baselines,
    }),
  );
  const { judgement } = results;
  if (!judgement) throw new MarteauError('measurements-missing', { share: 0 });
  const files = {
    'marteau.yml': work.text,
    'results.json': JSON.stringify(results),
    'histograms.hlog': histogramLog(merged),
    ...dataFiles(results),
    'report.html': renderReport(results),
  };
  await storeFiles(context, stage, files);
  console.say(`${judgement.verdict}: ${judgement.reason}`);
  await stage.settle();
  signal.throwIfAborted();
  await writeConsoleFile(folder);
  const ended = await store.runs.end(hold, {
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

function lostNodes({ lost, startedAt, appShare }: AttemptRecord): FaultEvent[] {
  return lost.map(({ share, node, at }) => ({
    type: 'fault',
    at: Date.parse(startedAt ?? '') + at,
    kind: 'node',
    title: 'Node lost',
    detail: `${node}, ${share === appShare ? 'on which the app ran' : `which generated share ${share + 1}`}, was lost`,
    duration: 0,
  }));
}
