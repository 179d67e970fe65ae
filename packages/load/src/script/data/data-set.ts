import type { ResolvedFile } from '@marteau/file';

/** How the file has a data set used. */
export type DataUse = Pick<ResolvedFile['data'][string], 'per' | 'order'>;

/** One cell: how many rows of a supply are taken. */
export type TakenRows = Int32Array<SharedArrayBuffer>;

export function noneTaken(): TakenRows {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** The rows of a data set that are one thread's, and who has them. */
export class DataSet {
  readonly per: DataUse['per'];
  readonly #name: string;
  readonly #order: DataUse['order'];
  /** Those that nobody has, in the order in which they are given out. */
  readonly #free: unknown[];
  #next = 0;
  readonly #taken: TakenRows;

  /** @param taken where each row is used once: what all threads have taken of the same rows */
  constructor(name: string, { per, order }: DataUse, rows: readonly unknown[], taken = noneTaken()) {
    this.per = per;
    this.#name = name;
    this.#order = order;
    this.#free = [...rows];
    this.#taken = taken;
  }

  /**
   * A row that nobody else has.
   * @throws Error when there is none left
   */
  take(): unknown {
    if (this.#order === 'random') return this.#free[Math.floor(Math.random() * this.#free.length)];
    if (this.#order === 'unique') return this.#takeOnce();
    if (this.#next === this.#free.length) throw new Error(this.#none());
    const row = this.#free[this.#next];
    this.#free[this.#next] = undefined;
    this.#next += 1;
    if (this.#next >= 1024 && this.#next * 2 > this.#free.length) {
      this.#free.splice(0, this.#next);
      this.#next = 0;
    }
    return row;
  }

  /** Whoever had it needs it no more: it comes again after the others, unless each is to be used once. */
  giveBack(row: unknown): void {
    if (this.#order === 'circular') this.#free.push(row);
  }

  #takeOnce(): unknown {
    const at = Atomics.add(this.#taken, 0, 1);
    if (at < this.#free.length) return this.#free[at];
    Atomics.store(this.#taken, 0, this.#free.length);
    throw new Error(this.#none());
  }

  #none(): string {
    return this.#order === 'unique'
      ? `the data set '${this.#name}' has no row left, and the file says that each is used once (order: unique)`
      : `the data set '${this.#name}' has fewer rows than there are users at a time: each has one of its own. Add rows, or set order: random`;
  }
}
