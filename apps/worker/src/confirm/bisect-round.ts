import {
  BISECT_TRIGGER,
  type Bisect,
  type BisectStep,
  hasEnded,
  isMarteauError,
  nextStep,
  type Run,
  withDecision,
} from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { Context } from '../context.ts';

type Bisecting = Pick<Context, 'store' | 'gate' | 'now'>;

/**
 * One look at every bisection: once its last comparison is decided, begins the next, or says what was found. What
 * compares two commits is what confirms a change (confirm-round.ts). May be called by all workers at once: each step comes
 * out the same, whoever does it.
 */
export async function bisectRound(context: Bisecting): Promise<void> {
  for (const bisect of await context.store.bisects.open()) {
    const last = bisect.steps.at(-1);
    const decision = last === undefined ? null : await decisionOf(context.store, last);
    if (decision !== 'undecided') await context.gate.job(() => advance(context, bisect, decision));
  }
}

/** What came of a comparison. */
async function decisionOf(
  { runs, confirmations }: Store,
  { run: id }: BisectStep,
): Promise<BisectStep['decision']> {
  const run = await runs.get(id);
  if (run === null) return 'broken';
  const check = await confirmations.of(id);
  if (check !== null) return check.decision;
  return hasEnded(run.state) ? 'broken' : 'undecided';
}

async function advance(
  context: Bisecting,
  open: Bisect,
  decision: BisectStep['decision'] | null,
): Promise<void> {
  const { store, now } = context;
  const bisect = decision === null ? open : withDecision(open, decision);
  const end = (what: Pick<Bisect, 'state' | 'culprit' | 'sentence'>) =>
    store.bisects.keep({ ...bisect, ...what, endedAt: new Date(now()).toISOString() });
  const next = nextStep(bisect);
  if ('end' in next) return void (await end(next.end));
  const bad = await store.runs.get(bisect.run);
  if (bad === null) {
    return void (await end({
      state: 'ended',
      culprit: null,
      sentence: 'The run that it began with was deleted.',
    }));
  }
  if (now() >= Date.parse(bisect.until)) {
    const left = bisect.high - bisect.low + 1;
    const sentence = `Its time is over, with ${left} ${left === 1 ? 'commit' : 'commits'} left.`;
    return void (await end({ state: 'undecided', culprit: null, sentence }));
  }
  try {
    const { commit, base } = next.compare;
    const run = await store.runs.submit(requestOf(bisect, bad, commit));
    await store.confirmations.beginCheck(run.id, { base, until: bisect.until });
    const step: BisectStep = { commit, base, run: run.id, decision: 'undecided' };
    const goesOn = await store.bisects.keep({
      ...bisect,
      steps: [...bisect.steps, step],
      sentence: `Comparing ${commit.slice(0, 8)} with ${base.slice(0, 8)} by turns; ${bisect.high - bisect.low + 1} commits are left.`,
    });
    if (!goesOn) await store.runs.cancel(run.id, bad.submitter);
  } catch (error) {
    if (!isMarteauError(error) || error.retry) throw error;
    await end({ state: 'ended', culprit: null, sentence: `A run could not be queued: ${error.message}` });
  }
}

/** The load is that of the good commit, whatever later ones made of it. */
function requestOf({ run, base, startedAt, steps }: Bisect, bad: Run, commit: string) {
  return {
    request: {
      repo: bad.repo,
      ref: commit,
      ...(bad.profile !== null && { profile: bad.profile }),
      overrides: bad.overrides,
    },
    project: bad.project,
    submitter: bad.submitter,
    kind: 'repeat',
    trigger: BISECT_TRIGGER,
    confirms: run,
    loadOf: base,
    // Whoever looks next, or again after a crash, gets the same run.
    idempotencyKey: `bisect ${run} ${startedAt} ${steps.length}`,
  } as const;
}
