import { emptyHistogram, fromDense, type Histogram } from './histogram.ts';
import { indexOf, type Layout, lowest } from './layout.ts';

/** Beyond any latency: 2^53 µs with five digits. */
const mostBuckets = 6_000_000;

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
  #prepare(layout: Layout): void {
    this.#layout ??= layout;
    if (layout.digits >= this.#layout.digits) return;
    const finer = this.take();
    this.#layout = layout;
    this.addHistogram(finer);
  }

  /** Adds what one already read holds. */
  addHistogram({ layout, index, counts, total }: Histogram): void {
    if (total === 0) return;
    this.#prepare(layout);
    const own = this.#layout!;
    const isOwn = layout.digits === own.digits;
    let [dense, filled, place] = [this.#dense, 0, 0];
    for (let i = 0; i < index.length; i++) {
      place = isOwn ? index[i]! : indexOf(own, lowest(layout, index[i]!));
      if (place >= dense.length) dense = this.#grow(place);
      const before = dense[place]!;
      if (before === 0) filled += 1;
      dense[place] = before + counts[i]!;
    }
    const first = isOwn ? index[0]! : indexOf(own, lowest(layout, index[0]!));
    this.#note(first, place, filled, total);
  }

  /**
   * Adds the buckets of an encoded one, where its bytes lie: ZigZag LEB128 words, of which a positive one is a count
   * and a negative one so many empty buckets. One loop without calls, because a report reads millions of buckets.
   * @throws Error when there are more than there can be
   */
  addWords(layout: Layout, bytes: Uint8Array, begin: number, end: number): void {
    this.#prepare(layout);
    const own = this.#layout!;
    const isOwn = layout.digits === own.digits;
    let [dense, filled, total, first, last] = [this.#dense, 0, 0, -1, -1];
    let bucket = 0;
    let at = begin;
    while (at < end && bucket <= mostBuckets) {
      let byte = bytes[at++]!;
      let word = byte & 0x7f;
      for (let scale = 128; byte >= 0x80 && at < end; scale *= 128) {
        byte = bytes[at++]!;
        word += (byte & 0x7f) * scale;
      }
      if (word % 2 === 1) bucket += (word + 1) / 2;
      else {
        if (word > 0) {
          last = isOwn ? bucket : indexOf(own, lowest(layout, bucket));
          if (last >= dense.length) dense = this.#grow(last);
          if (first === -1) first = last;
          const before = dense[last]!;
          if (before === 0) filled += 1;
          dense[last] = before + word / 2;
          total += word / 2;
        }
        bucket += 1;
      }
    }
    if (total > 0) this.#note(first, last, filled, total);
    if (at < end) throw new Error('an HdrHistogram with more buckets than there can be');
  }

  #note(first: number, last: number, filled: number, total: number): void {
    this.#begin = Math.min(this.#begin, first);
    this.#end = Math.max(this.#end, last + 1);
    this.#filled += filled;
    this.#total += total;
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

  #grow(index: number): Float64Array<ArrayBuffer> {
    const dense = new Float64Array(Math.max(index + 1, 2 * this.#dense.length));
    dense.set(this.#dense);
    this.#dense = dense;
    return dense;
  }
}
