import { type Static, Type } from 'typebox';

/**
 * What a run is for. `normal`: to learn how the target does. `once`: to try a script, by one user, each test one time;
 * no mail, no report. `repeat`: to confirm the change of another run; no mail, no news, no baseline, on no trend.
 */
export const RunKind = Type.Enum(['normal', 'once', 'repeat']);
export type RunKind = Static<typeof RunKind>;

/** The trigger of runs that try a script once, and of those that repeat others: facts of records, nothing goes by them. */
export const ONCE_TRIGGER = 'once';
export const REPEAT_TRIGGER = 'confirm';

/** The kind of a run whose record was written when only its trigger told it. */
export function kindOfTrigger(trigger: string): RunKind {
  if (trigger === ONCE_TRIGGER) return 'once';
  return trigger === REPEAT_TRIGGER ? 'repeat' : 'normal';
}
