import type { ErrorWish, Exchange, ProtocolError } from '../contracts.ts';
import { Packets } from './packets.ts';
import type { Dialogue, Found } from './protocol.ts';

const names =
  'GET SET ADD REPLACE DELETE INCR DECR QUIT FLUSH_ALL GETQ NOOP VERSION GETK GETKQ APPEND PREPEND STAT SETQ ADDQ REPLACEQ DELETEQ INCRQ DECRQ QUITQ FLUSH_ALLQ APPENDQ PREPENDQ VERBOSITY TOUCH GAT GATQ'.split(
    ' ',
  );
const STAT_CODE = 0x10;
/** Answered only when there is something to say, so they pair with nothing. */
const quiet = (code: number) =>
  code === 0x09 || code === 0x0d || (code >= 0x11 && code <= 0x1a) || code === 0x1e || code === 0x24;
const INTERNAL_ERROR = 0x84;
const HEADER_LENGTH = 24;

/** The binary protocol: headers of 24 bytes, answers that carry their request's opcode. */
export class MemcacheBinary implements Dialogue {
  readonly greetings = 0;
  readonly continues = false;
  expectsAnswer = true;
  found: Found = 'more';
  why = '';
  readonly #requests = new Packets(HEADER_LENGTH, (header) => header.readUInt32BE(8), 256);
  readonly #responses = new Packets(HEADER_LENGTH, (header) => header.readUInt32BE(8));

  request(chunk: Buffer, at: number): number {
    const to = this.#requests.next(chunk, at);
    this.found = this.#requests.found;
    if (this.found === 'head') {
      const { header } = this.#requests;
      if (header[0] !== 0x80) return this.#wrong(at);
      this.expectsAnswer = !quiet(header[1]!);
    }
    return to;
  }

  describe(exchange: Exchange): void {
    const { header, start } = this.#requests;
    exchange.command = names[header[1]!] ?? `0x${header[1]!.toString(16)}`;
    const keyAt = header[4]!;
    exchange.path = start.toString('utf8', keyAt, keyAt + header.readUInt16BE(2)) || null;
    exchange.context = { opcode: header[1], opaque: Buffer.from(header.subarray(12, 16)) };
  }

  response(chunk: Buffer, at: number): number {
    const to = this.#responses.nextEnd(chunk, at);
    const { header, found } = this.#responses;
    this.found = found;
    if (header.length > 0 && header[0] !== 0x81) return this.#wrong(at);
    if (found !== 'end') return to;
    const code = header[1]!;
    const isPartOfStats = code === STAT_CODE && header.readUInt32BE(8) > 0 && header.readUInt16BE(6) === 0;
    if (quiet(code)) this.found = 'aside';
    else if (isPartOfStats) this.found = 'more';
    return to;
  }

  #wrong(at: number): number {
    this.found = 'garbage';
    this.why = 'this is no packet of memcache’s binary protocol';
    return at;
  }

  error(exchange: Exchange, { message }: ErrorWish): ProtocolError {
    const { opcode, opaque } = exchange.context as { opcode: number; opaque: Buffer };
    const text = Buffer.from(message || 'broken on purpose');
    const header = Buffer.alloc(HEADER_LENGTH);
    header[0] = 0x81;
    header[1] = opcode;
    header.writeUInt16BE(INTERNAL_ERROR, 6);
    header.writeUInt32BE(text.length, 8);
    opaque.copy(header, 12);
    return {
      bytes: Buffer.concat([header, text]),
      close: false,
      detail: 'answered with an internal error',
      always: quiet(opcode), // errors are told by quiet commands, too
    };
  }
}
