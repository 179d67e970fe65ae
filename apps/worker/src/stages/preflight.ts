import type { JobResult, PreflightJob } from '@marteau/store';
import { type JobLease, LeaseEnded } from '@marteau/store';
import type { Context } from '../context.ts';
import type { RunWork } from '../run-work.ts';
import { tryScript } from '../share/try-script.ts';
import { unpack } from '../share/unpack.ts';
import { endInError } from '../stage/end-in-error.ts';
import type { Stage } from '../stage/stage.ts';
import { withHold } from '../stage/with-hold.ts';

/** Tries the script of a run that asks for several nodes before it takes any of them. */
export function preflight(context: Context, job: PreflightJob): Promise<JobResult> {
  return context.gate.desk(async () => {
    const begun = await context.store.ledger.beginPreflight(job, context.node);
    if (!begun.lease) return begun.answer;
    const { lease: hold } = begun;
    await withHold(context, {
      hold,
      name: `preflight-${hold.try}`,
      leaving: context.leaving.now,
      work: (stage) =>
        context.activity.during(`trying ${stage.run.name ?? stage.run.project}`, () =>
          tryRun(context, stage),
        ),
      fail: (stage, failure) => endInError(context, stage, failure),
      handBack: (why) => context.store.ledger.giveBack(hold, why),
    });
    return 'done';
  });
}

async function tryRun(context: Context, stage: Stage<JobLease>): Promise<void> {
  const { store } = context;
  const { run, hold, signal } = stage;
  const work = (await store.runs.work(run.id)) as RunWork | null;
  if (!work) throw new LeaseEnded('lost', 'the run has ended meanwhile');
  const places = await unpack(store.trees, work, { work: stage.work, wdir: work.file.wdir, signal });
  await tryScript(context, stage, work.file, places);
  await stage.settle();
  if ((await store.ledger.passPreflight(hold)) === 'cancelled') await store.ledger.acknowledge(hold);
}
