/** Figures of one process, and their text. See https://prometheus.io/docs/instrumenting/exposition_formats/ */

export type Labels = Readonly<Record<string, string>>;

/** One value of a gauge. */
export interface Sample {
  /** 0 … , or NaN where it is not known. */
  value: number;
  labels?: Labels;
}

/** What is read when somebody asks. Counters are named so by `_total` at their end. */
export interface Gauge {
  name: string;
  help: string;
  samples: readonly Sample[];
}

export interface Counter {
  /** @param labels the same names each time */
  add(labels?: Labels, by?: number): void;
}

export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

/** Series of one figure; what is more is counted under the label `other`, so that nothing fills the memory. */
const MOST_SERIES = 500;

export class Meters {
  readonly #parts: (() => string | Promise<string>)[] = [];

  /** @param name with `_total` at its end */
  counter(name: string, help: string): Counter {
    const series = new Series<{ value: number }>(() => ({ value: 0 }));
    this.#parts.push(
      () => head(name, help, 'counter') + series.lines((labels, { value }) => line(name, labels, value)),
    );
    return {
      add(labels = {}, by = 1) {
        series.of(labels).value += by;
      },
    };
  }

  /** @param bounds upper ones, rising */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    const series = new Series(() => ({ counts: bounds.map(() => 0), count: 0, sum: 0 }));
    this.#parts.push(
      () =>
        head(name, help, 'histogram') +
        series.lines((labels, { counts, count, sum }) => {
          const within = bounds.map((bound, i) =>
            line(`${name}_bucket`, { ...labels, le: String(bound) }, counts[i]!),
          );
          const all = line(`${name}_bucket`, { ...labels, le: '+Inf' }, count);
          return (
            within.join('') + all + line(`${name}_sum`, labels, sum) + line(`${name}_count`, labels, count)
          );
        }),
    );
    return {
      observe(value, labels = {}) {
        const one = series.of(labels);
        one.count++;
        one.sum += value;
        for (const [i, bound] of bounds.entries()) if (value <= bound) one.counts[i]!++;
      },
    };
  }

  /** Gauges that are read each time. Where that fails, they are missing, as Prometheus wants it. */
  gauges(read: () => readonly Gauge[] | Promise<readonly Gauge[]>): void {
    this.#parts.push(async () => {
      const found = await Promise.resolve()
        .then(read)
        .catch(() => []);
      return found
        .map(({ name, help, samples }) => {
          const type = name.endsWith('_total') ? 'counter' : 'gauge';
          return (
            head(name, help, type) +
            samples.map(({ labels = {}, value }) => line(name, labels, value)).join('')
          );
        })
        .join('');
    });
  }

  /** All of it, as `CONTENT_TYPE`. */
  async text(): Promise<string> {
    return (await Promise.all(this.#parts.map((part) => part()))).join('');
  }

  static readonly CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
}

class Series<T> {
  readonly #known = new Map<string, { labels: Labels; at: T }>();
  readonly #make: () => T;

  constructor(make: () => T) {
    this.#make = make;
  }

  of(labels: Labels): T {
    const key = JSON.stringify(Object.entries(labels));
    const known = this.#known.get(key);
    if (known) return known.at;
    const other = Object.fromEntries(Object.keys(labels).map((name) => [name, 'other']));
    if (this.#known.size >= MOST_SERIES && JSON.stringify(Object.entries(other)) !== key)
      return this.of(other);
    const made = { labels, at: this.#make() };
    this.#known.set(key, made);
    return made.at;
  }

  lines(write: (labels: Labels, at: T) => string): string {
    return [...this.#known.values()].map(({ labels, at }) => write(labels, at)).join('');
  }
}

function head(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
