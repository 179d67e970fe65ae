import { cellOf, HIGHEST, highestOf, type Layout, lowestOf } from './layout.ts';

/** Pairs of cell and count, in rising order of cells: how histograms travel and rest. */
export type Cells = Uint32Array;

/** Counts in the cells of a layout, with exact count, min, max and sum (µs). */
export class Histogram {
  readonly layout: Layout;
  count = 0;
  min = Number.POSITIVE_INFINITY;
  max = 0;
  sum = 0;
  #counts: Uint32Array;
  #from = Number.POSITIVE_INFINITY;
  #to = -1;

  constructor(layout: Layout) {
    this.layout = layout;
    this.#counts = new Uint32Array(2 << layout.magnitude);
  }

  /** @param value whole µs */
  record(value: number): void {
    this.count += 1;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.#add(cellOf(value, this.layout), 1);
  }

  /** Adds what another histogram counted; its layout may be finer, never coarser. */
  merge(other: Summary): void {
    this.count += other.count;
    this.sum += other.sum;
    if (other.min < this.min) this.min = other.min;
    if (other.max > this.max) this.max = other.max;
    const { cells } = other;
    const same = other.layout.digits === this.layout.digits;
    for (let i = 0; i < cells.length; i += 2) {
      const cell = cells[i]!;
      this.#add(same ? cell : cellOf(lowestOf(cell, other.layout), this.layout), cells[i + 1]!);
    }
  }

  /** What was counted, to be sent or kept. */
  summary(): Summary {
    const { layout, count, min, max, sum } = this;
    return { layout, count, min, max, sum, cells: this.#cells() };
  }

  reset(): void {
    this.#counts.fill(0, this.#from, this.#to + 1);
    this.#from = Number.POSITIVE_INFINITY;
    this.#to = -1;
    this.count = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = 0;
  }

  #add(cell: number, count: number): void {
    if (cell >= this.#counts.length) this.#grow(cell);
    this.#counts[cell]! += count;
    if (cell < this.#from) this.#from = cell;
    if (cell > this.#to) this.#to = cell;
  }

  #grow(cell: number): void {
    const size = 1 << this.layout.magnitude;
    const counts = new Uint32Array((Math.floor(cell / size) + 1) * size);
    counts.set(this.#counts);
    this.#counts = counts;
  }

  #cells(): Cells {
    let used = 0;
    for (let cell = this.#from; cell <= this.#to; cell += 1) if (this.#counts[cell]) used += 1;
    const cells = new Uint32Array(used * 2);
    let at = 0;
    for (let cell = this.#from; cell <= this.#to; cell += 1) {
      const count = this.#counts[cell]!;
      if (count === 0) continue;
      cells[at] = cell;
      cells[at + 1] = count;
      at += 2;
    }
    return cells;
  }
}

/** A histogram at rest. `min` is infinite when `count` is 0. */
export interface Summary {
  readonly layout: Layout;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly cells: Cells;
}

/**
 * The value below or at which `percent` of the counts lie: the highest value of its cell, as HdrHistogram says it,
 * but never above the exact maximum. 0 when nothing was counted.
 */
export function percentile({ layout, count, max, cells }: Summary, percent: number): number {
  const wanted = Math.max(1, Math.ceil((percent / 100) * count));
  let seen = 0;
  for (let i = 0; i < cells.length; i += 2) {
    seen += cells[i + 1]!;
    if (seen >= wanted) {
      const value = highestOf(cells[i]!, layout);
      return value >= HIGHEST ? max : Math.min(value, max);
    }
  }
  return 0;
}

/** Two summaries as one. */
export function mergeSummaries(layout: Layout, parts: readonly Summary[]): Summary {
  const whole = new Histogram(layout);
  for (const part of parts) whole.merge(part);
  return whole.summary();
}
