import { holds, inWords, type Measurements, subjectInWords, type Threshold } from '@marteau/measure';
import type { Step } from '@marteau/shared';
import type { Count } from './gathered.ts';
import type { MeasureFacts } from './measure-threshold.ts';
import { Meter } from './meter.ts';

/** A bound without a window is not judged by less than this: the first request alone would be all of them, s. */
const FEWEST_SECONDS = 5;

export type Stopped = NonNullable<Measurements['stoppedBy']>;

/** Watches the thresholds that end the load early once they are true, in each recorded step by itself. */
export class StopIf {
  readonly #thresholds: readonly Threshold[];
  readonly #facts: MeasureFacts;
  readonly #byStep = new Map<number, readonly Meter[]>();

  constructor(thresholds: readonly Threshold[], facts: MeasureFacts) {
    this.#thresholds = thresholds.filter(canBeTold);
    this.#facts = facts;
  }

  /**
   * One more second of a step's recorded window.
   * @param at its end, ms
   * @returns what has become true; null while nothing has
   */
  second(step: Step, count: Count, at: number): Stopped | null {
    for (const meter of this.#metersOf(step)) {
      meter.add(count);
      const { threshold } = meter;
      const isEnough = threshold.windowMs === null ? meter.seconds >= FEWEST_SECONDS : meter.isFull;
      const value = isEnough ? meter.value() : null;
      if (value === null || !holds(threshold, value)) continue;
      const { metric, source, unit } = threshold;
      const sentence = `${subjectInWords(threshold)} ${inWords(value, unit)} (stopIf: ${source})`;
      return { threshold: source, metric, at, sentence };
    }
    return null;
  }

  /** The step's window is over. */
  forget(step: number): void {
    this.#byStep.delete(step);
  }

  #metersOf(step: Step): readonly Meter[] {
    const known = this.#byStep.get(step.index);
    if (known) return known;
    const meant = this.#thresholds.filter((threshold) => isMeant(threshold, step));
    const meters = meant.map((threshold) => new Meter(threshold, this.#facts));
    this.#byStep.set(step.index, meters);
    return meters;
  }
}

/** The engine does not know of faults; what is asked during them is for those who judge the run. */
function canBeTold({ duringFaults }: Threshold): boolean {
  return !duringFaults;
}

/** A threshold `at` a load is about steps of that constant load alone. */
function isMeant({ at }: Threshold, { users, rate }: Step): boolean {
  if (at === null) return true;
  const range = 'users' in at ? users : rate;
  const wanted = 'users' in at ? at.users : at.rate;
  return range !== null && range.from === wanted && range.to === wanted;
}
