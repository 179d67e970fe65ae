import type { Stage } from '@marteau/shared';
import type { StoppedBy } from '../schema/measurements.ts';
import { holds } from '../threshold/holds.ts';
import { metricOf } from '../threshold/metrics.ts';
import type { Circumstances } from '../threshold/observed.ts';
import { inWords, subjectInWords } from '../threshold/print.ts';
import { isMeant } from '../threshold/subject.ts';
import type { Threshold } from '../threshold/threshold.ts';
import { Meter, type MeteredSecond } from './meter.ts';

/** A bound without a window is not judged by less than this: the first request alone would be all of them, s. */
const FEWEST_SECONDS = 5;

/** Watches the thresholds that end the load early once they are true, in each recorded stage by itself. */
export class StopIf {
  readonly #thresholds: readonly Threshold[];
  readonly #circumstances: Circumstances;
  readonly #byStage = new Map<number, readonly Meter[]>();

  constructor(thresholds: readonly Threshold[], circumstances: Circumstances) {
    this.#thresholds = thresholds.filter(canBeTold);
    this.#circumstances = circumstances;
  }

  /**
   * One more second of a stage's recorded window.
   * @param at its end, ms
   * @returns what has become true; null while nothing has
   */
  second(stage: Stage, second: MeteredSecond, at: number): StoppedBy | null {
    for (const meter of this.#metersOf(stage)) {
      meter.add(second);
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

  /** The stage's window is over. */
  forget(stage: number): void {
    this.#byStage.delete(stage);
  }

  #metersOf(stage: Stage): readonly Meter[] {
    const known = this.#byStage.get(stage.index);
    if (known) return known;
    const meters = this.#thresholds
      .filter((threshold) => isMeant(threshold, stage))
      .map((threshold) => new Meter(threshold, this.#circumstances));
    this.#byStage.set(stage.index, meters);
    return meters;
  }
}

/** An engine does not know of faults, nor of what is unfinished before the end: those are for who judges the run. */
function canBeTold({ duringFaults, metric }: Threshold): boolean {
  return !duringFaults && !metricOf(metric)?.isAtEnd;
}
