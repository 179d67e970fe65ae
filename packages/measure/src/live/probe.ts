import { formatPercent } from '@marteau/shared';
import { holds } from '../threshold/holds.ts';
import type { Circumstances } from '../threshold/observed.ts';
import { boundInWords, inWords, subjectInWords } from '../threshold/print.ts';
import type { Threshold } from '../threshold/threshold.ts';
import { Meter, type MeteredSecond } from './meter.ts';

/** More dropped starts than this part, and the target did not get the rate that is asked about. */
const MOST_DROPPED = 0.01;

/** One second of a probe. */
export interface ProbeSecond extends MeteredSecond {
  readonly offered: number;
  readonly dropped: number;
}

/** Judges one rate of a search: whether every threshold held, over the whole of it or in each of its windows. */
export class Probe {
  readonly #meters: readonly Meter[];
  #broken: string | null = null;
  #offered = 0;
  #dropped = 0;

  constructor(thresholds: readonly Threshold[], circumstances: Circumstances) {
    this.#meters = thresholds.map((threshold) => new Meter(threshold, circumstances));
  }

  second(second: ProbeSecond): void {
    this.#offered += second.offered;
    this.#dropped += second.dropped;
    for (const meter of this.#meters) {
      meter.add(second);
      if (meter.threshold.windowMs !== null && meter.isFull) this.#judge(meter);
    }
  }

  /** What broke, in words; null when all held. To be asked once, at its end. */
  outcome(): string | null {
    for (const meter of this.#meters)
      if (meter.threshold.windowMs === null || !meter.isFull) this.#judge(meter);
    const dropped = this.#offered === 0 ? 1 : this.#dropped / this.#offered;
    if (dropped > MOST_DROPPED)
      this.#broken ??= `${formatPercent(dropped)} of the starts were dropped, because all users were waiting`;
    return this.#broken;
  }

  #judge(meter: Meter): void {
    const { threshold } = meter;
    const value = meter.value();
    // A test without requests has no errors; whether anything finished the file's own thresholds ask.
    if (value === null ? threshold.isDefault : holds(threshold, value)) return;
    const wanted = `(wanted ${boundInWords(threshold)})`;
    this.#broken ??=
      value === null
        ? `nothing finished that ${threshold.source} speaks of`
        : `${subjectInWords(threshold)} ${inWords(value, threshold.unit)} ${wanted}`;
  }
}
