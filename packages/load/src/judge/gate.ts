/** A span of the run, ms. */
export interface Span {
  readonly from: number;
  to: number;
}

/** How many seconds were too much, and which these are. */
export interface HotTime {
  readonly seconds: number;
  readonly spans: readonly Span[];
}

/** Most spans that are kept apart. */
const MOST_SPANS = 100;

/**
 * Watches a figure, second by second, over the last few seconds: one hiccup is none of its business, a state that lasts
 * is.
 */
export class Gate<T> implements HotTime {
  readonly #length: number;
  readonly #isHot: (values: readonly T[]) => boolean;
  readonly #values: T[] = [];
  #next = -1;
  seconds = 0;
  readonly spans: Span[] = [];

  /**
   * @param length seconds that it looks at together
   * @param isHot whether these seconds, all of them, are too much
   */
  constructor(length: number, isHot: (values: readonly T[]) => boolean) {
    this.#length = length;
    this.#isHot = isHot;
  }

  /** A second that does not follow the one before begins anew. */
  add(second: number, value: T): void {
    if (second !== this.#next) this.#values.length = 0;
    this.#next = second + 1;
    this.#values.push(value);
    if (this.#values.length > this.#length) this.#values.shift();
    if (this.#values.length === this.#length && this.#isHot(this.#values))
      this.#mark(second + 1 - this.#length, second + 1);
  }

  #mark(first: number, end: number): void {
    const last = this.spans.at(-1);
    const from = Math.max(first * 1000, last?.to ?? 0);
    this.seconds += end - from / 1000;
    if (last && (last.to === from || this.spans.length === MOST_SPANS)) last.to = end * 1000;
    else this.spans.push({ from, to: end * 1000 });
  }
}

/** Spans as they lie, those that touch joined. */
export function union(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}
