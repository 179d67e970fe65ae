import type { ResponseHead } from '../response-head.ts';
import type { HpackDecoder } from './hpack/decoder.ts';
import type { Field } from './hpack/field.ts';

/** Blocks up to here are looked up before they are decoded, bytes. */
const LONGEST = 512;
const MOST = 256;

interface KnownHead {
  readonly head: ResponseHead;
  /** What decoding it puts into the table. */
  readonly added: readonly Field[];
}

/** Of all connections of a process: blocks that mean the same whatever the table holds. Most of nginx's are such. */
const anywhere = new Map<string, KnownHead>();

/**
 * Heads that were decoded already, by their blocks' bytes. A server says the same to the same request, but for the date,
 * which changes once a second. What an index into the table means is only known while that does not change.
 */
export class KnownHeads {
  readonly #decoder: HpackDecoder;
  /** The block before that refers to the table, and how often that had changed then. */
  #before = '';
  #changes = -1;
  #headBefore: ResponseHead | null = null;

  constructor(decoder: HpackDecoder) {
    this.#decoder = decoder;
  }

  /**
   * @param decode reads the block where it is not known
   * @throws what that throws
   */
  read(bytes: Buffer, from: number, to: number, decode: () => ResponseHead): ResponseHead {
    if (to - from > LONGEST) return decode();
    const { table } = this.#decoder;
    const text = bytes.toString('latin1', from, to);
    if (table.changes === this.#changes && text === this.#before) return this.#headBefore!;
    const known = anywhere.get(text);
    if (known) {
      for (const field of known.added) table.add(field);
      return known.head;
    }
    const { changes } = table;
    const head = decode();
    const { isAlone, added } = this.#decoder;
    if (isAlone) {
      if (anywhere.size >= MOST) anywhere.clear();
      anywhere.set(text, { head, added });
    } else if (table.changes === changes) {
      this.#before = text;
      this.#changes = changes;
      this.#headBefore = head;
    }
    return head;
  }
}
