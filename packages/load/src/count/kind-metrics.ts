import type { Metric, MetricKind, MetricOf, MetricUnit } from '@marteau/measure';

/** Most labels of sockets, streams and requests of their own kind; what comes later is grouped under one. */
const MOST = 100;
const OTHERS = 'others';
const OTHER = '(others: more than 100 labels)';

/** What is measured of one kind under one label; each metric is one object. */
export class LabelledMetrics {
  readonly of: MetricOf;
  readonly #known = new Map<string, Metric>();

  constructor(of: MetricOf) {
    this.of = of;
  }

  /** Whether there is one of that name, or fewer than so many. */
  hasRoom(name: string, most: number): boolean {
    return this.#known.size < most || this.#known.has(name);
  }

  metric(kind: MetricKind, name: string, unit: MetricUnit = 'number'): Metric {
    const known = this.#known.get(name);
    if (known) return known;
    const made = { kind, name, unit, of: this.of };
    this.#known.set(name, made);
    return made;
  }
}

/** What a thread measures beside requests, by kind and label. */
export class KindMetrics {
  readonly #known = new Map<string, LabelledMetrics>();

  /** @param kind 'ws', 'sse', 'stream', or one that the script names */
  of(kind: string, label: string): LabelledMetrics {
    const key = `${kind} ${label}`;
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= MOST && label !== OTHER) return this.of(kind, OTHER);
    // Whoever makes up kinds without end, too.
    if (this.#known.size >= 2 * MOST && kind !== OTHERS) return this.of(OTHERS, OTHER);
    const made = new LabelledMetrics({ kind, label });
    this.#known.set(key, made);
    return made;
  }
}
