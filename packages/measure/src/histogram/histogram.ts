import { cellOf, HIGHEST, type Layout, lowestOf } from './layout.ts';
import { noTimes, type Times } from './times.ts';

type Extremes = Pick<Times, 'count' | 'min' | 'max' | 'sum'>;

/** Cells beyond any value: 2^53 with five digits. */
const MOST_CELLS = 6_000_000;

/**
 * An HDR histogram at work: records single values, and adds what others recorded, cell by cell, so that nothing is
 * lost or averaged. It has as few digits as the coarsest part of it.
 */
export class Histogram {
  count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  #sum = 0;
  #layout: Layout | null;
  readonly #first: Layout | null;
  #counts: Float64Array;
  /** The part of the table that is filled: most of it stays empty. */
  #from = Number.POSITIVE_INFINITY;
  #to = 0;
  /** How many values were added, and so how many cells are filled by them; those recorded are found by looking. */
  #added = 0;
  #filled = 0;

  /** @param layout whose cells are counted in; without one, those of what is added first */
  constructor(layout: Layout | null = null) {
    this.#first = layout;
    this.#layout = layout;
    this.#counts = new Float64Array(layout === null ? 4096 : 1 << layout.magnitude);
  }

  /** The greatest so far; 0 when there is nothing. */
  get max(): number {
    return this.#max;
  }

  get min(): number {
    return this.count === 0 ? 0 : this.#min;
  }

  get sum(): number {
    return this.#sum;
  }

  /** @param value whole; what is beyond an hour is counted in its cell */
  record(value: number): void {
    this.count += 1;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    const cell = cellOf(Math.min(Math.max(value, 0), HIGHEST), this.#layout!);
    if (cell >= this.#counts.length) this.#grow(cell);
    this.#counts[cell]! += 1;
    if (cell < this.#from) this.#from = cell;
    if (cell >= this.#to) this.#to = cell + 1;
  }

  /** Adds what one at rest holds. */
  add({ count, min, max, sum, layout, cells, counts }: Times): void {
    if (count === 0) return;
    this.note({ count, min, max, sum });
    if (cells.length === 0) return;
    this.#prepare(layout);
    const own = this.#layout!;
    const isOwn = layout.digits === own.digits;
    let [dense, filled, total, cell] = [this.#counts, 0, 0, 0];
    for (let i = 0; i < cells.length; i++) {
      cell = isOwn ? cells[i]! : cellOf(lowestOf(cells[i]!, layout), own);
      if (cell >= dense.length) dense = this.#grow(cell);
      const before = dense[cell]!;
      if (before === 0) filled += 1;
      dense[cell] = before + counts[i]!;
      total += counts[i]!;
    }
    this.#fill(isOwn ? cells[0]! : cellOf(lowestOf(cells[0]!, layout), own), cell, filled, total);
  }

  /**
   * Adds the cells of an encoded one, where its bytes lie: ZigZag LEB128 words, of which a positive one is a count and
   * a negative one so many empty cells. One loop without calls, because a report reads millions of cells. What was
   * counted, its extremes and its sum are added with `note`.
   * @returns how many values they count
   * @throws Error when there are more cells than there can be
   */
  addWords(layout: Layout, bytes: Uint8Array, begin: number, end: number): number {
    this.#prepare(layout);
    const own = this.#layout!;
    const isOwn = layout.digits === own.digits;
    let [dense, filled, total, first, last] = [this.#counts, 0, 0, -1, -1];
    let cell = 0;
    let at = begin;
    while (at < end && cell <= MOST_CELLS) {
      let byte = bytes[at++]!;
      let word = byte & 0x7f;
      for (let scale = 128; byte >= 0x80 && at < end; scale *= 128) {
        byte = bytes[at++]!;
        word += (byte & 0x7f) * scale;
      }
      if (word % 2 === 1) cell += (word + 1) / 2;
      else {
        if (word > 0) {
          last = isOwn ? cell : cellOf(lowestOf(cell, layout), own);
          if (last >= dense.length) dense = this.#grow(last);
          if (first === -1) first = last;
          const before = dense[last]!;
          if (before === 0) filled += 1;
          dense[last] = before + word / 2;
          total += word / 2;
        }
        cell += 1;
      }
    }
    if (total > 0) this.#fill(first, last, filled, total);
    if (at < end) throw new Error('an HdrHistogram with more buckets than there can be');
    return total;
  }

  /** Adds what is known exactly of values whose cells come by `addWords`. */
  note({ count, min, max, sum }: Extremes): void {
    this.count += count;
    this.#sum += sum;
    if (min < this.#min) this.#min = min;
    if (max > this.#max) this.#max = max;
  }

  /** What was counted, at rest. */
  times(): Times {
    const layout = this.#layout;
    const { count } = this;
    if (layout === null || count === 0) return noTimes;
    const [from, to, dense] = [Math.min(this.#from, this.#to), this.#to, this.#counts];
    // A report holds some ten thousand at once, so each takes the narrowest numbers that it fits into.
    const filled = this.#countFilled(from, to);
    const cells = to <= 65_536 ? new Uint16Array(filled) : new Uint32Array(filled);
    const counts = count < 2 ** 32 ? new Uint32Array(filled) : new Float64Array(filled);
    for (let cell = from, at = 0; cell < to; cell++) {
      const held = dense[cell]!;
      if (held === 0) continue;
      cells[at] = cell;
      counts[at++] = held;
    }
    return { count, min: this.#min, max: this.#max, sum: this.#sum, layout, cells, counts };
  }

  /** The same; afterwards nothing is left of it here. */
  take(): Times {
    const times = this.times();
    this.reset();
    return times;
  }

  reset(): void {
    this.#counts.fill(0, Math.min(this.#from, this.#to), this.#to);
    this.#from = Number.POSITIVE_INFINITY;
    this.#to = 0;
    this.#added = 0;
    this.#filled = 0;
    this.#layout = this.#first;
    this.count = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = 0;
    this.#sum = 0;
  }

  #countFilled(from: number, to: number): number {
    if (this.#added === this.count) return this.#filled;
    let filled = 0;
    for (let cell = from; cell < to; cell++) if (this.#counts[cell]! !== 0) filled += 1;
    return filled;
  }

  #fill(first: number, last: number, filled: number, total: number): void {
    if (first < this.#from) this.#from = first;
    if (last >= this.#to) this.#to = last + 1;
    this.#filled += filled;
    this.#added += total;
  }

  /** Prepares for cells of a layout; what is there already becomes coarser where it has more digits. */
  #prepare(layout: Layout): void {
    this.#layout ??= layout;
    if (layout.digits >= this.#layout.digits) return;
    const finer = this.take();
    this.#layout = layout;
    this.add(finer);
  }

  #grow(cell: number): Float64Array {
    const counts = new Float64Array(Math.max(cell + 1, 2 * this.#counts.length));
    counts.set(this.#counts);
    this.#counts = counts;
    return counts;
  }
}
