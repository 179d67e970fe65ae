import type { Distribution, Point, StepStats } from '@marteau/shared';
import * as hdr from 'hdr-histogram-js';

/** Records values as the engine does: a histogram beside the exact count, min, max and sum. */
export class Recorder {
  private readonly histogram: hdr.Histogram;
  count = 0;
  min = 0;
  max = 0;
  sum = 0;

  constructor(digits: 2 | 3) {
    this.histogram = hdr.build({ numberOfSignificantValueDigits: digits, bitBucketSize: 64 });
  }

  record(value: number): void {
    const whole = Math.max(0, Math.round(value));
    this.histogram.recordValue(whole);
    this.min = this.count === 0 ? whole : Math.min(this.min, whole);
    this.max = Math.max(this.max, whole);
    this.sum += whole;
    this.count++;
  }

  percentile(percent: number): number {
    return this.count === 0 ? 0 : Math.min(this.max, this.histogram.getValueAtPercentile(percent));
  }

  distribution(): Distribution {
    const { count, min, max, sum } = this;
    return {
      count,
      min,
      max,
      sum,
      histogram: count === 0 ? '' : hdr.encodeIntoCompressedBase64(this.histogram),
    };
  }
}

/** One interval of one label's series, fed second by second. */
export class PointRecorder {
  private readonly time = new Recorder(2);
  private readonly begin: number;
  private readonly width: number;
  private errors = 0;
  private bytesIn = 0;
  private readonly seconds: { count: number; errors: number; p95: number }[] = [];

  constructor(begin: number, width: number) {
    this.begin = begin;
    this.width = width;
  }

  second(times: readonly number[], errors: number, bytesIn: number): void {
    const alone = new Recorder(2);
    for (const time of times) {
      this.time.record(time);
      alone.record(time);
    }
    this.errors += errors;
    this.bytesIn += bytesIn;
    this.seconds.push({ count: times.length, errors, p95: alone.percentile(95) });
  }

  point(): Point {
    return {
      at: this.begin,
      width: this.width,
      count: this.time.count,
      errors: this.errors,
      bytesIn: this.bytesIn,
      time: this.time.distribution(),
      worst: {
        minCount: Math.min(...this.seconds.map(({ count }) => count)),
        maxCount: Math.max(...this.seconds.map(({ count }) => count)),
        errors: Math.max(...this.seconds.map(({ errors }) => errors)),
        p95: Math.max(...this.seconds.map(({ p95 }) => p95)),
      },
    };
  }
}

/** What a label did in one step, fed one finished request at a time. */
export class StepRecorder {
  private readonly step: number;
  private readonly isRequest: boolean;
  private readonly time = new Recorder(3);
  private readonly errorTime = new Recorder(3);
  private readonly outcomes: Record<string, number> = {};
  private readonly phases: StepStats['phases'] = {};
  private bytesIn = 0;
  private bytesOut = 0;
  peak = 0;
  unfinished = 0;
  oldestUnfinished = 0;

  constructor(step: number, isRequest: boolean) {
    this.step = step;
    this.isRequest = isRequest;
  }

  finished(time: number, outcome: { name: string; isError: boolean }, bytes: number): void {
    this.time.record(time);
    if (outcome.isError) this.errorTime.record(time);
    if (!this.isRequest) return;
    this.outcomes[outcome.name] = (this.outcomes[outcome.name] ?? 0) + 1;
    this.bytesIn += bytes;
    this.bytesOut += 240;
    if (this.time.count % 97 === 1) {
      this.phase('dns', 90);
      this.phase('connect', 210);
    }
    this.phase('waiting', time * 0.92);
    this.phase('receiving', time * 0.08);
  }

  private phase(name: string, time: number): void {
    const known = this.phases[name] ?? { count: 0, sum: 0, max: 0 };
    this.phases[name] = { count: known.count + 1, sum: known.sum + time, max: Math.max(known.max, time) };
  }

  stats(): StepStats {
    return {
      step: this.step,
      count: this.time.count,
      errors: this.errorTime.count,
      unfinished: this.unfinished,
      oldestUnfinished: this.oldestUnfinished,
      time: this.time.distribution(),
      service: null,
      errorTime: this.errorTime.distribution(),
      outcomes: this.outcomes,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      phases: this.phases,
      peak: this.peak,
    };
  }
}
