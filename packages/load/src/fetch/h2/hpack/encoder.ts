import { DynamicTable } from './dynamic-table.ts';
import { Field } from './field.ts';
import { encodeHuffman, huffmanLength } from './huffman.ts';
import { integerBytes } from './integer.ts';
import { staticIndexes, staticTable } from './static-table.ts';

/** The table that we keep at most, whatever more the server allows. */
const TABLE = 4096;

/** How a literal goes: kept in the table, not kept, or never to be kept by anybody on the way (RFC 7541, 6.2). */
export type Keep = 'keep' | 'pass' | 'never';

const patterns: Readonly<Record<Keep, { prefix: number; pattern: number }>> = {
  keep: { prefix: 6, pattern: 0x40 },
  pass: { prefix: 4, pattern: 0 },
  never: { prefix: 4, pattern: 0x10 },
};

/** Writes header blocks of one direction of a connection, in their order (RFC 7541, 3 and 6). */
export class HpackEncoder {
  readonly #table = new DynamicTable(TABLE);
  /** `name: value` → the number of fields that had been added when it was. */
  readonly #places = new Map<string, number>();
  /** The size to tell of before the next field, where it changed: the least since, and the last (4.2). */
  #told: { least: number; last: number } | null = null;

  /** Changes whenever what was encoded before would be encoded in other bytes now. */
  version = 0;

  /** SETTINGS_HEADER_TABLE_SIZE of the server. */
  limit(size: number): void {
    const last = Math.min(size, TABLE);
    if (last === this.#table.limit && this.#told === null) return;
    this.#told = { least: Math.min(last, this.#told?.least ?? last), last };
    this.#table.resize(last);
    this.version += 1;
  }

  /** What has to stand at the begin of the next block. */
  begin(): Buffer {
    if (this.#told === null) return NOTHING;
    const { least, last } = this.#told;
    this.#told = null;
    const sizes = least < last ? [least, last] : [last];
    // What the least of them has thrown out of the other side's table must not be in ours.
    this.#table.resize(least);
    this.#table.resize(last);
    return Buffer.from(sizes.flatMap((size) => integerBytes(size, 5, 0x20)));
  }

  encode(name: string, value: string, keep: Keep = 'keep'): Buffer {
    const key = `${name}: ${value}`;
    const index = this.#indexOf(key);
    if (index !== null) return Buffer.from(integerBytes(index, 7, 0x80));
    const { prefix, pattern } = patterns[keep];
    const named = staticIndexes.get(name);
    const head = integerBytes(named ?? 0, prefix, pattern);
    const bytes = Buffer.concat([
      Buffer.from(head),
      ...(named === undefined ? [textBytes(name)] : []),
      textBytes(value),
    ]);
    if (keep === 'keep') this.#keep(key, new Field(name, value));
    return bytes;
  }

  #indexOf(key: string): number | null {
    const known = staticIndexes.get(key);
    if (known !== undefined) return known;
    const place = this.#places.get(key);
    if (place === undefined) return null;
    const index = this.#table.added - place;
    if (index < this.#table.length) return staticTable.length + 1 + index;
    this.#places.delete(key);
    return null;
  }

  #keep(key: string, field: Field): void {
    this.#table.add(field);
    this.version += 1;
    if (this.#table.at(0) !== field) return;
    this.#places.set(key, this.#table.added);
    // What has left the table is forgotten, too, once in a while.
    if (this.#places.size > 4 * this.#table.length + 16)
      for (const [each, place] of this.#places)
        if (this.#table.added - place >= this.#table.length) this.#places.delete(each);
  }
}

const NOTHING = Buffer.alloc(0);

/** RFC 7541, 5.2: in the Huffman code where that is shorter. */
function textBytes(text: string): Buffer {
  const coded = huffmanLength(text);
  if (text !== '' && coded <= text.length)
    return Buffer.concat([Buffer.from(integerBytes(coded, 7, 0x80)), encodeHuffman(text)]);
  return plainBytes(text);
}

/** As it is: what is made anew for each request, or changed in place. */
export function plainBytes(text: string): Buffer {
  return Buffer.concat([Buffer.from(integerBytes(text.length, 7, 0)), Buffer.from(text, 'latin1')]);
}
