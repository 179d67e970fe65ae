import { emptyHistogram, fromDense, type Histogram } from './histogram.ts';
import { indexOf, type Layout, lowest } from './layout.ts';

/**
 * Adds histograms bucket by bucket in one reused table, because a report adds hundreds of thousands of small ones.
 * The sum has as few digits as its coarsest part.
 */
export class Accumulator {
  #dense = new Float64Array(4096);
  #layout: Layout | null = null;
  /** The filled part of the table: most of it stays empty. */
  #begin = Number.POSITIVE_INFINITY;
  #end = 0;
  /** Buckets that hold anything, and what all of them hold. */
  #filled = 0;
  #total = 0;

  /** Prepares for buckets of a layout; what is there already becomes coarser where it has more digits. */
  begin(layout: Layout): void {
    this.#layout ??= layout;
    if (layout.digits >= this.#layout.digits) return;
    const finer = this.take();
    this.#layout = layout;
    this.addHistogram(finer);
  }

  /**
   * Adds to a bucket of a layout for which `begin` was called.
   * @param count above 0
   */
  add(layout: Layout, index: number, count: number): void {
    const own = this.#layout!;
    const at = layout.digits === own.digits ? index : indexOf(own, lowest(layout, index));
    if (at >= this.#dense.length) this.#grow(at);
    const before = this.#dense[at]!;
    this.#dense[at] = before + count;
    this.#total += count;
    if (before !== 0) return;
    this.#filled += 1;
    if (at >= this.#end) this.#end = at + 1;
    if (at < this.#begin) this.#begin = at;
  }

  addHistogram({ layout, index, counts, total }: Histogram): void {
    if (total === 0) return;
    this.begin(layout);
    for (let i = 0; i < index.length; i++) this.add(layout, index[i]!, counts[i]!);
  }

  /** The sum; afterwards nothing is left of it here. */
  take(): Histogram {
    const layout = this.#layout;
    if (layout === null) return emptyHistogram;
    const range = { from: Math.min(this.#begin, this.#end), to: this.#end };
    const sum = fromDense(layout, this.#dense, range, this.#filled, this.#total);
    this.clear();
    return sum;
  }

  clear(): void {
    this.#dense.fill(0, Math.min(this.#begin, this.#end), this.#end);
    this.#begin = Number.POSITIVE_INFINITY;
    this.#end = 0;
    this.#filled = 0;
    this.#total = 0;
    this.#layout = null;
  }

  #grow(index: number): void {
    const dense = new Float64Array(Math.max(index + 1, 2 * this.#dense.length));
    dense.set(this.#dense);
    this.#dense = dense;
  }
}
