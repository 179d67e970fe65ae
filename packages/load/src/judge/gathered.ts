import { Histogram } from '../measure/histogram.ts';
import { threeDigits } from '../measure/layout.ts';
import type { MetricPiece } from '../measure/metrics.ts';
import type { LabelPiece } from '../measure/piece.ts';

/** What a threshold looks at of one second: labels, metrics of the script's own, and how many iterations were started. */
export interface Count {
  readonly labels: readonly LabelPiece[];
  readonly metrics: readonly MetricPiece[];
  readonly started: number;
}

/** A metric of the script's own, over all those seconds. */
interface GatheredMetric {
  readonly kind: MetricPiece['kind'];
  readonly unit: MetricPiece['unit'];
  count: number;
  sum: number;
  readonly values: Histogram;
}

/** All of some seconds together. */
export class Gathered {
  readonly time = new Histogram(threeDigits);
  /** Times of what counts as an error, a part of `time`. */
  readonly errorTime = new Histogram(threeDigits);
  /** The one metric that is asked about; null while nothing was added to it. */
  metric: GatheredMetric | null = null;
  bytesIn = 0;
  started = 0;
  seconds = 0;

  add({ labels, metrics, started }: Count): void {
    this.seconds += 1;
    this.started += started;
    for (const { time, errorTime, bytesIn } of labels) {
      this.time.merge(time);
      if (errorTime) this.errorTime.merge(errorTime);
      this.bytesIn += bytesIn;
    }
    for (const { kind, unit, count, sum, values } of metrics) {
      this.metric ??= { kind, unit, count: 0, sum: 0, values: new Histogram(threeDigits) };
      this.metric.count += count;
      this.metric.sum += sum;
      if (values) this.metric.values.merge(values);
    }
  }
}
