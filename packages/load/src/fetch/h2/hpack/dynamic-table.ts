import type { Field } from './field.ts';

/**
 * RFC 7541, 2.3.2 and 4: the fields that were added last, first in and first out, as many as there is room for.
 * Index 0 is the newest one.
 */
export class DynamicTable {
  /** All that were ever added, so that a place in it is known by a number that does not change. */
  added = 0;
  /** Rises with whatever changes what an index means. */
  changes = 0;
  readonly #fields: Field[] = [];
  /** Those before it are gone; cut off now and then. */
  #oldest = 0;
  #size = 0;
  #limit: number;

  /** @param limit bytes, as fields count */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#fields.length - this.#oldest;
  }

  get size(): number {
    return this.#size;
  }

  get limit(): number {
    return this.#limit;
  }

  at(index: number): Field | undefined {
    return index < this.length ? this.#fields[this.#fields.length - 1 - index] : undefined;
  }

  /** One that is larger than the table empties it (4.4). */
  add(field: Field): void {
    this.changes += 1;
    this.#makeRoom(field.size);
    if (field.size > this.#limit) return;
    this.#fields.push(field);
    this.#size += field.size;
    this.added += 1;
  }

  /** Fields that there is no room for any more go. */
  resize(limit: number): void {
    this.changes += 1;
    this.#limit = limit;
    this.#makeRoom(0);
  }

  #makeRoom(wanted: number): void {
    while (this.length > 0 && this.#size + wanted > this.#limit) {
      this.#size -= this.#fields[this.#oldest]!.size;
      this.#oldest += 1;
    }
    if (this.#oldest > 64 || this.length === 0) {
      this.#fields.splice(0, this.#oldest);
      this.#oldest = 0;
    }
  }
}
