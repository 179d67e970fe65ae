import {
  type Metric,
  MetricCount,
  type MetricKind,
  type MetricSnapshot,
  type MetricUnit,
} from '@marteau/measure';

const MOST = 100;
const LONGEST_NAME = 200;

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

  take(): MetricSnapshot[] {
    if (this.#counts.size === 0) return [];
    const taken = [...this.#counts.values()]
      .filter(({ count }) => count > 0)
      .map((count) => count.snapshot());
    this.#counts.clear();
    return taken;
  }
}
