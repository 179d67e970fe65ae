/** When a channel is told. `change`: when a run comes to something else than the last one that was told. */
export type Policy = 'change' | 'always' | 'failure' | 'never';

/** What a channel was told last of a test on a branch, and what came since. */
export interface LastTold {
  /** Of the newest run that was looked at: ids rise. */
  readonly run: string;
  readonly outcome: 'pass' | 'fail' | null;
  /** Runs in a row that say nothing: invalid, in error. */
  readonly mute: number;
}

/** So many runs in a row that say nothing are told. */
const MUTE_TOLD = 3;

export const nothingTold: LastTold = { run: '', outcome: null, mute: 0 };

/**
 * Whether people are told of a run, why not, and what is to be known next time. What is invalid or in error changes
 * nothing, or pass, invalid, pass would be told twice; three of them in a row are told.
 */
export function decideTelling(
  policy: Policy,
  last: LastTold,
  { run, outcome }: { run: string; outcome: string },
): { told: true; next: LastTold } | { told: false; why: string; next: LastTold } {
  if (run <= last.run) return { told: false, why: 'a newer run was told', next: last };
  if (outcome === 'cancelled') return { told: false, why: 'it was cancelled', next: { ...last, run } };
  const isVerdict = outcome === 'pass' || outcome === 'fail';
  const mute = isVerdict ? 0 : last.mute + 1;
  const next: LastTold = { run, outcome: isVerdict ? outcome : last.outcome, mute };
  if (policy === 'always') return { told: true, next };
  if (policy === 'never') return { told: false, why: 'the file says never', next };
  if (policy === 'failure') {
    return outcome === 'pass' ? { told: false, why: 'it passed', next } : { told: true, next };
  }
  if (!isVerdict) {
    return mute === MUTE_TOLD
      ? { told: true, next }
      : { told: false, why: `${outcome} changes nothing`, next };
  }
  const isFirst = last.outcome === null && outcome === 'pass' && last.mute < MUTE_TOLD;
  if (isFirst) return { told: false, why: 'the first one passed', next };
  if (outcome === last.outcome && last.mute < MUTE_TOLD)
    return { told: false, why: `still ${outcome}`, next };
  return { told: true, next };
}
