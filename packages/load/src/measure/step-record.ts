import type { StepStats } from '@marteau/measure';
import { addCounts, type Counts } from './counts.ts';
import { distributionOf } from './encode.ts';
import { Histogram, type Summary } from './histogram.ts';
import { threeDigits } from './layout.ts';
import type { LabelPiece, Phase, Unfinished } from './piece.ts';

/** All that was counted of one label in one recorded step. */
export class StepRecord {
  readonly #step: number;
  readonly #time = new Histogram(threeDigits);
  #service: Histogram | null = null;
  #errorTime: Histogram | null = null;
  #outcomes: Counts = {};
  readonly #phases: Record<string, Phase> = {};
  #bytesIn = 0;
  #bytesOut = 0;
  #unfinished = 0;
  #oldest = 0;
  #peak = 0;

  constructor(step: number) {
    this.#step = step;
  }

  add(piece: LabelPiece): void {
    this.#time.merge(piece.time);
    if (piece.service) this.#service = merged(this.#service, piece.service);
    if (piece.errorTime) this.#errorTime = merged(this.#errorTime, piece.errorTime);
    this.#outcomes = addCounts(this.#outcomes, piece.outcomes);
    for (const [name, { count, sum, max }] of Object.entries(piece.phases)) {
      const before = this.#phases[name] ?? { count: 0, sum: 0, max: 0 };
      this.#phases[name] = {
        count: before.count + count,
        sum: before.sum + sum,
        max: Math.max(before.max, max),
      };
    }
    this.#bytesIn += piece.bytesIn;
    this.#bytesOut += piece.bytesOut;
  }

  addUnfinished({ count, oldest }: Unfinished): void {
    this.#unfinished += count;
    this.#oldest = Math.max(this.#oldest, oldest);
  }

  /** One whole second had this many. */
  second(count: number): void {
    this.#peak = Math.max(this.#peak, count);
  }

  stats(): StepStats {
    return {
      step: this.#step,
      count: this.#time.count,
      errors: this.#errorTime?.count ?? 0,
      unfinished: this.#unfinished,
      oldestUnfinished: this.#oldest,
      time: distributionOf(this.#time.summary()),
      service: this.#service ? distributionOf(this.#service.summary()) : null,
      ...(this.#errorTime ? { errorTime: distributionOf(this.#errorTime.summary()) } : {}),
      outcomes: this.#outcomes,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      phases: this.#phases,
      peak: this.#peak,
    };
  }
}

function merged(into: Histogram | null, summary: Summary): Histogram {
  const histogram = into ?? new Histogram(threeDigits);
  histogram.merge(summary);
  return histogram;
}
