import { Histogram } from '../histogram/histogram.ts';
import { threeDigits } from '../histogram/layout.ts';
import type { MetricSnapshot } from '../record/metrics.ts';
import type { LabelSnapshot } from '../record/snapshot.ts';
import { addStarts, noStarts, type Starts } from '../schema/starts.ts';
import { measureCustom, measureThreshold } from '../threshold/measure.ts';
import type { Circumstances, MetricNature } from '../threshold/observed.ts';
import { kindMeant, labelsMeant, metricsMeant } from '../threshold/subject.ts';
import type { Threshold } from '../threshold/threshold.ts';

/** What a threshold looks at of one second. */
export interface MeteredSecond {
  readonly labels: readonly LabelSnapshot[];
  readonly metrics: readonly MetricSnapshot[];
  /** Iterations. */
  readonly started: number;
  /** Of the stage. */
  readonly starts: Starts;
}

/** Measures what one threshold bounds while the load runs, second by second. */
export class Meter {
  readonly threshold: Threshold;
  readonly #circumstances: Circumstances;
  /** Seconds of its window; infinite without one. */
  readonly #window: number;
  #recent: MeteredSecond[] = [];
  #all = new Sum();
  /** Whether anything was fetched: until then it speaks of tests, where it is about all. */
  #fetches = false;
  /** Of the metric of the script's own that it is about, once something was added to it. */
  #nature: MetricNature = null;

  constructor(threshold: Threshold, circumstances: Circumstances) {
    this.threshold = threshold;
    this.#circumstances = circumstances;
    this.#window = threshold.windowMs === null ? Number.POSITIVE_INFINITY : threshold.windowMs / 1000;
  }

  /** One more second, with all labels of it. */
  add({ labels, metrics, started, starts }: MeteredSecond): void {
    if (!this.#fetches && labels.some(({ kind }) => kind === 'request')) {
      this.#fetches = true;
      this.#recent = [];
      this.#all = new Sum();
    }
    const { custom } = this.threshold;
    const second = {
      labels: custom === null ? this.#labelsOf(labels) : [],
      metrics: metricsMeant(this.threshold, metrics),
      started,
      starts,
    };
    this.#nature ??= second.metrics[0] ?? null;
    if (this.#window === Number.POSITIVE_INFINITY) this.#all.add(second);
    else {
      this.#recent.push(second);
      if (this.#recent.length > this.#window) this.#recent.shift();
    }
  }

  /** Seconds that its value rests on. */
  get seconds(): number {
    return this.#recent.length || this.#all.seconds;
  }

  /** Whether it has seen as many seconds as its window has; one without is full at once. */
  get isFull(): boolean {
    return this.#window === Number.POSITIVE_INFINITY || this.#recent.length === this.#window;
  }

  /** Over its window, or over all; in the unit of the threshold. Null: nothing to measure. */
  value(): number | null {
    const { threshold } = this;
    const sum = this.#sum();
    const { seconds } = sum;
    if (seconds === 0) return null;
    const time = sum.time.times();
    if (threshold.custom !== null) {
      const { count, total } = sum;
      const observed = { seconds, count, sum: total, values: time };
      const value = measureCustom(threshold, this.#nature, observed, this.#circumstances);
      return value === 'not' ? null : value;
    }
    const { errorTime, bytesIn, started, starts } = sum;
    const startRate = threshold.label === null && threshold.metric === 'rate' ? started / seconds : null;
    const observed = {
      seconds,
      time,
      errors: errorTime.count,
      errorTime: errorTime.times(),
      bytesIn,
      unfinished: null,
      startRate,
      starts: threshold.label === null ? starts : null,
    };
    return measureThreshold(threshold, observed, this.#circumstances);
  }

  #sum(): Sum {
    if (this.#window === Number.POSITIVE_INFINITY) return this.#all;
    const sum = new Sum();
    for (const second of this.#recent) sum.add(second);
    return sum;
  }

  #labelsOf(labels: readonly LabelSnapshot[]): readonly LabelSnapshot[] {
    if (this.threshold.label !== null) return labelsMeant(this.threshold, labels);
    const kind = kindMeant(this.threshold, this.#fetches);
    return labels.filter((label) => label.kind === kind);
  }
}

/** All of some seconds together. */
class Sum {
  /** Of what finished; of a script's own trend its values. */
  readonly time = new Histogram(threeDigits);
  readonly errorTime = new Histogram(threeDigits);
  bytesIn = 0;
  started = 0;
  starts = noStarts;
  seconds = 0;
  /** How often something was added to a metric, and its sum. */
  count = 0;
  total = 0;

  add({ labels, metrics, started, starts }: MeteredSecond): void {
    this.starts = addStarts([this.starts, starts]);
    this.seconds += 1;
    this.started += started;
    for (const { time, errorTime, bytesIn } of labels) {
      this.time.add(time);
      if (errorTime) this.errorTime.add(errorTime);
      this.bytesIn += bytesIn;
    }
    for (const { count, sum, values } of metrics) {
      this.count += count;
      this.total += sum;
      if (values) this.time.add(values);
    }
  }
}
