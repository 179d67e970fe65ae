import { distributionOf } from '../histogram/encode.ts';
import { Histogram } from '../histogram/histogram.ts';
import { threeDigits } from '../histogram/layout.ts';
import type { Times } from '../histogram/times.ts';
import type { StepStats } from '../schema/measurements.ts';
import { addCounts, addPhases, type Counts, type PhaseSums } from './counts.ts';
import type { LabelSnapshot, Unfinished } from './snapshot.ts';

/** All that was counted of one label in the recorded window of one stage: what its figures in a report come from. */
export class StageRecord {
  readonly #stage: number;
  readonly #time = new Histogram(threeDigits);
  #service: Histogram | null = null;
  #errorTime: Histogram | null = null;
  #outcomes: Counts = {};
  #phases: PhaseSums = {};
  #bytesIn = 0;
  #bytesOut = 0;
  #unfinished = 0;
  #oldest = 0;
  #peak = 0;
  #http2 = 0;

  constructor(stage: number) {
    this.#stage = stage;
  }

  add({ time, service, errorTime, outcomes, phases, bytesIn, bytesOut, http2 = 0 }: LabelSnapshot): void {
    this.#time.add(time);
    if (service) this.#service = added(this.#service, service);
    if (errorTime) this.#errorTime = added(this.#errorTime, errorTime);
    this.#outcomes = addCounts([this.#outcomes, outcomes]);
    this.#phases = addPhases([this.#phases, phases]);
    this.#bytesIn += bytesIn;
    this.#bytesOut += bytesOut;
    this.#http2 += http2;
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
      step: this.#stage,
      count: this.#time.count,
      errors: this.#errorTime?.count ?? 0,
      unfinished: this.#unfinished,
      oldestUnfinished: this.#oldest,
      time: distributionOf(this.#time.times()),
      service: this.#service ? distributionOf(this.#service.times()) : null,
      ...(this.#errorTime ? { errorTime: distributionOf(this.#errorTime.times()) } : {}),
      outcomes: this.#outcomes,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      phases: this.#phases,
      ...(this.#http2 > 0 && { http2: this.#http2 }),
      peak: this.#peak,
    };
  }
}

function added(to: Histogram | null, times: Times): Histogram {
  const histogram = to ?? new Histogram(threeDigits);
  histogram.add(times);
  return histogram;
}
