import { distributionOf } from '../histogram/encode.ts';
import { Histogram } from '../histogram/histogram.ts';
import { threeDigits, twoDigits } from '../histogram/layout.ts';
import type { Times } from '../histogram/times.ts';
import type { CustomMetric, MetricKind, MetricOf, MetricUnit } from '../schema/custom-metric.ts';
import { most } from '../schema/limits.ts';
import type { Grid } from './grid.ts';
import type { Snapshot } from './snapshot.ts';

/** A metric of the script's own; one object for each and thread, so that it is compared by identity. */
export interface Metric {
  readonly kind: MetricKind;
  readonly name: string;
  readonly unit: MetricUnit;
  /** Whom it is about, where it is none of the script's own. */
  readonly of?: MetricOf;
}

/** The same for the same metric, in whatever thread or share. */
export function metricKey({ kind, name, unit, of }: { [K in keyof Metric]: Metric[K] | undefined }): string {
  return JSON.stringify([kind, unit, name, of?.kind, of?.label]);
}

/** What was counted of a metric between two moments. */
export interface MetricSnapshot extends Metric {
  readonly count: number;
  readonly sum: number;
  /** Trends only. */
  readonly values: Times | null;
}

/** Steps of a trend's histogram in one unit: fractions of plain numbers are told to the thousandth. */
export const metricScales: Record<MetricUnit, number> = { us: 1, bytes: 1, number: 1000 };

/** Counts and sums; a trend's values are kept as a histogram, too. */
export class MetricCount {
  readonly metric: Metric;
  count = 0;
  sum = 0;
  readonly #values: Histogram | null;

  constructor(metric: Metric, layout = threeDigits) {
    this.metric = metric;
    this.#values = metric.kind === 'trend' ? new Histogram(layout) : null;
  }

  add(value: number): void {
    this.count += 1;
    this.sum += value;
    this.#values?.record(Math.round(value * metricScales[this.metric.unit]));
  }

  merge({ count, sum, values }: Omit<MetricSnapshot, keyof Metric>): void {
    this.count += count;
    this.sum += sum;
    if (values) this.#values?.add(values);
  }

  snapshot(): MetricSnapshot {
    return { ...this.metric, ...this.counts() };
  }

  counts(): Omit<MetricSnapshot, keyof Metric> {
    return { count: this.count, sum: this.sum, values: this.#values?.times() ?? null };
  }

  written(): Pick<CustomMetric['steps'][number], 'count' | 'sum' | 'values'> {
    const { count, sum, values } = this.counts();
    return { count, sum, values: values && distributionOf(values) };
  }
}

interface MetricRecord {
  readonly metric: Metric;
  readonly stages: Map<number, MetricCount>;
  /** By interval, in order. */
  series: { index: number; count: MetricCount }[];
}

/** The metrics of a whole share, from all threads. */
export class MetricRecords {
  readonly #records = new Map<string, MetricRecord>();

  get size(): number {
    return this.#records.size;
  }

  /** Adds to the stages what was recorded. */
  add({ stage, recorded, metrics }: Snapshot): void {
    if (!recorded) return;
    for (const snapshot of metrics) {
      const record = this.#of(snapshot);
      if (!record) continue;
      const { stages, metric } = record;
      const known = stages.get(stage) ?? new MetricCount(metric);
      known.merge(snapshot);
      stages.set(stage, known);
    }
  }

  /** Adds to the series what was recorded in a second that is complete. */
  close(second: number, snapshots: readonly Snapshot[], { width }: Grid): void {
    const index = Math.floor(second / width);
    for (const { recorded, metrics } of snapshots) {
      if (!recorded) continue;
      for (const snapshot of metrics) {
        const record = this.#of(snapshot);
        if (record) this.#point(record, index).merge(snapshot);
      }
    }
  }

  /** Intervals have become twice as wide. */
  widen(): void {
    for (const record of this.#records.values()) {
      const before = record.series;
      record.series = [];
      for (const { index, count } of before) this.#point(record, index >> 1).merge(count.counts());
    }
  }

  written({ width }: Grid): CustomMetric[] {
    const ms = width * 1000;
    return [...this.#records.values()].map(({ metric, stages, series }) => ({
      ...metric,
      steps: [...stages].sort(([a], [b]) => a - b).map(([step, count]) => ({ step, ...count.written() })),
      series: series.map(({ index, count }) => ({ at: index * ms, width: ms, ...count.written() })),
    }));
  }

  /** Null for more than a share may hand in. */
  #of({ kind, name, unit, of }: Metric): MetricRecord | null {
    const key = metricKey({ kind, name, unit, of });
    const known = this.#records.get(key);
    if (known) return known;
    if (this.#records.size >= most.labels) return null;
    const made: MetricRecord = {
      metric: { kind, name, unit, ...(of && { of }) },
      stages: new Map(),
      series: [],
    };
    this.#records.set(key, made);
    return made;
  }

  #point({ metric, series }: MetricRecord, index: number): MetricCount {
    const last = series.at(-1);
    if (last?.index === index) return last.count;
    const count = new MetricCount(metric, twoDigits);
    series.push({ index, count });
    return count;
  }
}
