import type { CustomMetric, MetricKind, MetricUnit } from '@marteau/measure';
import { distributionOf } from './encode.ts';
import type { Grid } from './grid.ts';
import { Histogram, type Summary } from './histogram.ts';
import { threeDigits, twoDigits } from './layout.ts';
import type { Piece } from './piece.ts';

/** A metric of the script's own; one object for each and thread, so that it is compared by identity. */
export interface Metric {
  readonly kind: MetricKind;
  readonly name: string;
  readonly unit: MetricUnit;
}

/** What was counted of a metric in one piece of time. */
export interface MetricPiece extends Metric {
  readonly count: number;
  readonly sum: number;
  /** Trends only. */
  readonly values: Summary | null;
}

const MOST = 100;
const LONGEST_NAME = 200;
/** Steps of a trend's histogram in one unit: fractions of plain numbers are told to the thousandth. */
const scales: Record<MetricUnit, number> = { us: 1, bytes: 1, number: 1000 };

/** The metrics of one thread. */
export class Metrics {
  readonly #known = new Map<string, Metric>();

  /** @throws TypeError when the name is one of another kind, or there are too many */
  of(kind: MetricKind, name: string, unit: MetricUnit = 'number'): Metric {
    const known = this.#known.get(name);
    if (known?.kind === kind && known.unit === unit) return known;
    if (known)
      throw new TypeError(`the metric '${name}' is a ${known.kind} already: give this one another name`);
    if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME)
      throw new TypeError(`a metric has a name of 1 to ${LONGEST_NAME} characters`);
    if (this.#known.size >= MOST)
      throw new TypeError(`a script has at most ${MOST} metrics of its own: '${name}' is one too many`);
    const metric = { kind, name, unit };
    this.#known.set(name, metric);
    return metric;
  }
}

/** Counts since it was emptied last. */
export class MetricTally {
  readonly #counts = new Map<Metric, MetricCount>();

  /** @param value of a trend in its unit; what is added to a counter; 1 or 0 for a rate or a check */
  add(metric: Metric, value: number): void {
    let count = this.#counts.get(metric);
    if (!count) {
      count = new MetricCount(metric);
      this.#counts.set(metric, count);
    }
    count.add(value);
  }

  take(): MetricPiece[] {
    if (this.#counts.size === 0) return [];
    const pieces = [...this.#counts.values()].filter(({ count }) => count > 0).map((count) => count.piece());
    this.#counts.clear();
    return pieces;
  }
}

/** Counts and sums; a trend's values are kept as a histogram, too. */
class MetricCount {
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
    this.#values?.record(Math.round(value * scales[this.metric.unit]));
  }

  merge({ count, sum, values }: Omit<MetricPiece, keyof Metric>): void {
    this.count += count;
    this.sum += sum;
    if (values) this.#values?.merge(values);
  }

  piece(): MetricPiece {
    return { ...this.metric, ...this.counts() };
  }

  counts(): Omit<MetricPiece, keyof Metric> {
    return { count: this.count, sum: this.sum, values: this.#values?.summary() ?? null };
  }

  written(): Pick<CustomMetric['steps'][number], 'count' | 'sum' | 'values'> {
    const { count, sum, values } = this.counts();
    return { count, sum, values: values && distributionOf(values) };
  }
}

interface MetricRecord {
  readonly metric: Metric;
  readonly steps: Map<number, MetricCount>;
  /** By interval, in order. */
  series: { index: number; count: MetricCount }[];
}

/** The metrics of a whole share, from all threads. */
export class MetricRecords {
  readonly #records = new Map<string, MetricRecord>();

  get size(): number {
    return this.#records.size;
  }

  /** Adds to the steps what was recorded in a piece. */
  add({ step, recorded, metrics }: Piece): void {
    if (!recorded) return;
    for (const piece of metrics) {
      const { steps, metric } = this.#of(piece);
      const known = steps.get(step) ?? new MetricCount(metric);
      known.merge(piece);
      steps.set(step, known);
    }
  }

  /** Adds to the series what was recorded in a second that is complete. */
  close(second: number, pieces: readonly Piece[], { width }: Grid): void {
    const index = Math.floor(second / width);
    for (const { recorded, metrics } of pieces) {
      if (!recorded) continue;
      for (const piece of metrics) this.#point(this.#of(piece), index).merge(piece);
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
    return [...this.#records.values()].map(({ metric, steps, series }) => ({
      ...metric,
      steps: [...steps].sort(([a], [b]) => a - b).map(([step, count]) => ({ step, ...count.written() })),
      series: series.map(({ index, count }) => ({ at: index * ms, width: ms, ...count.written() })),
    }));
  }

  #of({ kind, name, unit }: Metric): MetricRecord {
    const key = `${kind} ${unit} ${name}`;
    const known = this.#records.get(key);
    if (known) return known;
    const made: MetricRecord = { metric: { kind, name, unit }, steps: new Map(), series: [] };
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
