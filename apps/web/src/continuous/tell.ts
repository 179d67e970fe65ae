import { ForgeRefusal } from '@marteau/forge';
import type { Run } from '@marteau/shared';
import { type DueDelivery, type Hook, type JobResult, type NotifyJob, projectId } from '@marteau/store';
import type { Continuous } from './context.ts';
import { tellChannel } from './tell-channel.ts';
import { tellComment } from './tell-comment.ts';
import { tellIssue } from './tell-issue.ts';
import { tellStatus } from './tell-status.ts';
import { tellTrend } from './tell-trend.ts';
import type { Told } from './told.ts';

type Way = (context: Continuous, hook: Hook, run: Run, to: string) => Promise<Told>;

/** What a forge is told of a run. */
const ways: Readonly<Record<string, Way>> = {
  status: tellStatus,
  comment: tellComment,
  issue: tellIssue,
};

const LONGEST_TURN_MS = 90_000;
const BUSY: Told = { outcome: 'later', detail: 'another run of the same is being told', afterMs: 1000 };

/** Tries one delivery that is none of a mail, and writes down what became of it. */
export async function tell(context: Continuous, job: NotifyJob): Promise<JobResult> {
  const { deliveries, runs } = context.store;
  const delivery = await deliveries.claim(job);
  if (!delivery) return 'stale';
  const run = await runs.get(delivery.runId);
  const told = run ? await tryOnce(context, run, delivery) : gone;
  const { outcome, detail, afterMs = null } = told;
  if (outcome === 'sent') await deliveries.sent(delivery, { detail, page: null });
  else if (outcome === 'refused') await deliveries.refused(delivery, detail);
  else await deliveries.retry(delivery, detail, afterMs);
  const { kind, try: tried } = delivery;
  context.log.info({ run: delivery.runId, kind, outcome, detail, try: tried }, 'told');
  return 'done';
}

const gone: Told = { outcome: 'refused', detail: 'the run was deleted' };

async function tryOnce(context: Continuous, run: Run, { kind, to, turn }: DueDelivery): Promise<Told> {
  if (kind === 'channel' || kind === 'trend') {
    const told = await context.store.turns.alone(`tell ${to} ${run.project}`, LONGEST_TURN_MS, () =>
      // Channels are told once a run, but for whom somebody has it sent again.
      kind === 'trend' ? tellTrend(context, run, to) : tellChannel(context, run, { to, isAsked: turn > 1 }),
    );
    return told ?? BUSY;
  }
  const way = ways[kind];
  if (!way) return { outcome: 'refused', detail: `this server cannot tell anybody by ${kind}` };
  const project = projectId(run.project);
  const hook = await context.store.hooks.of(project);
  if (hook === null) return { outcome: 'refused', detail: 'the hook of the project was removed' };
  const { cause } = run;
  // One at a time for a pull request, a commit, or all issues.
  const of = cause?.pull ? `#${cause.pull.number}` : kind === 'issue' ? 'issues' : cause?.sha;
  const name = `tell ${project} ${of}`;
  const told = await context.store.turns.alone(name, LONGEST_TURN_MS, () =>
    way(context, hook, run, to).catch((error: unknown) => {
      if (!(error instanceof ForgeRefusal)) throw error;
      const { message: detail, again, afterMs } = error;
      return { outcome: again ? 'later' : 'refused', detail, afterMs } satisfies Told;
    }),
  );
  return told ?? BUSY;
}
