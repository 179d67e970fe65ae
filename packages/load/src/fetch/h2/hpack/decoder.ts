import { ConnectionError } from '../http2-error.ts';
import { DynamicTable } from './dynamic-table.ts';
import { Field } from './field.ts';
import { decodeHuffman } from './huffman.ts';
import { staticTable } from './static-table.ts';

/** What a decoder keeps at most, bytes as fields count: SETTINGS_HEADER_TABLE_SIZE, its value where nobody says another. */
const TABLE = 4096;
/** An integer above this is nobody's (RFC 7541, 5.1, has limits be set). */
const LARGEST = 2 ** 24;

/** Reads header blocks of one direction of a connection, in their order (RFC 7541, 3 and 6). */
export class HpackDecoder {
  readonly table = new DynamicTable(TABLE);
  /** Whether the last block means the same whatever the table holds, and what it has put there. */
  isAlone = true;
  added: Field[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  /**
   * Reads one whole block.
   * @param onField is called with each field in its order
   * @throws ConnectionError, after which the decoder is of no more use
   */
  decode(bytes: Buffer, from: number, to: number, onField: (field: Field) => void): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    this.isAlone = true;
    this.added = [];
    let mayResize = true;
    while (this.#at < to) {
      const first = bytes[this.#at]!;
      if ((first & 0xe0) === 0x20) {
        if (!mayResize) throw broken('a table size update comes after a field');
        this.#resize();
        continue;
      }
      mayResize = false;
      onField(this.#field(first));
    }
  }

  #field(first: number): Field {
    if (first & 0x80) return this.#indexed(this.#integer(7));
    const isKept = (first & 0x40) !== 0;
    const index = this.#integer(isKept ? 6 : 4);
    const name = index === 0 ? this.#text() : this.#indexed(index).name;
    const field = new Field(name, this.#text());
    if (isKept) {
      this.table.add(field);
      this.added.push(field);
    }
    return field;
  }

  #resize(): void {
    const size = this.#integer(5);
    if (size > TABLE) throw broken(`a table of ${size} bytes is more than was allowed`);
    this.table.resize(size);
    this.isAlone = false;
  }

  #indexed(index: number): Field {
    if (index > staticTable.length) this.isAlone = false;
    const field =
      index <= staticTable.length ? staticTable[index - 1] : this.table.at(index - staticTable.length - 1);
    if (!field) throw broken(`nothing has the index ${index}`);
    return field;
  }

  #integer(prefix: number): number {
    const most = 2 ** prefix - 1;
    let value = this.#byte() & most;
    if (value < most) return value;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (value > LARGEST || scale > LARGEST) throw broken('an integer has no end');
      if (byte < 128) return value;
    }
  }

  #text(): string {
    const isHuffman = (this.#bytes[this.#at]! & 0x80) !== 0;
    const length = this.#integer(7);
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#end) throw broken('a text is longer than the block');
    return isHuffman
      ? decodeHuffman(this.#bytes, from, this.#at)
      : this.#bytes.toString('latin1', from, this.#at);
  }

  #byte(): number {
    if (this.#at >= this.#end) throw broken('the block ends in the middle of a field');
    const byte = this.#bytes[this.#at]!;
    this.#at += 1;
    return byte;
  }
}

function broken(detail: string): ConnectionError {
  return new ConnectionError('hpack', detail, 'COMPRESSION_ERROR');
}
