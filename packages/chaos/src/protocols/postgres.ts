import type { ErrorWish, Exchange, ProtocolError } from '../contracts.ts';
import { Packets } from './packets.ts';
import type { Dialogue, Found, Protocol } from './protocol.ts';

/** PostgreSQL, simple and extended queries; https://www.postgresql.org/docs/current/protocol.html */
export const postgres: Protocol = {
  name: 'postgres',
  about: 'PostgreSQL. The first word of the statement (SELECT, INSERT) can be matched.',
  open: () => new PostgresDialogue(),
};

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
const [QUERY, PARSE, BIND, SYNC, CALL, FLUSH, TERMINATE, COPY_DONE, COPY_FAIL] = codes('QPBSFHXcf');
const [READY, COPY_IN, COPY_BOTH] = codes('ZGW');
/** They go on with what was begun: CopyData, CopyDone, CopyFail, and a password's messages. */
const parts = new Set(codes('dcfp'));
const types = new Set(codes('QPBSFXdcfpDECH'));
/** Notifications, notices and settings, which come between answers, too. */
const asides = new Set(codes('ANS'));

class PostgresDialogue implements Dialogue {
  readonly greetings = 0;
  expectsAnswer = false;
  continues = false;
  found: Found = 'more';
  why = '';

  readonly #startup = new Packets(4, (header) => header.readUInt32BE(0) - 4, 4);
  readonly #requests = new Packets(5, (header) => header.readUInt32BE(1) - 4, 256);
  readonly #responses = new Packets(5, (header) => header.readUInt32BE(1) - 4, 1);
  #state: 'begin' | 'asked for TLS' | 'ready' = 'begin';
  #word = '';
  #inGroup = false;
  /** While the backend takes a COPY it ignores Sync, so that the one behind the COPY belongs to it, too. */
  #copies: 'not' | 'in' | 'done' = 'not';
  #inAnswer = false;
  #status = 0x49; // what the last ReadyForQuery said: idle

  request(chunk: Buffer, at: number): number {
    const packets = this.#state === 'ready' ? this.#requests : this.#startup;
    const to = packets.next(chunk, at);
    this.found = packets.found;
    if (this.found === 'garbage') return this.#stop('garbage', at, 'this is no message of PostgreSQL');
    if (this.found !== 'head') return this.#foundEnd(to);
    return this.#state === 'ready' ? this.#message(to, at) : this.#first(to, at);
  }

  #becomesReady = false;
  #opensGroup = false;
  #hasFailed = false;

  #foundEnd(to: number): number {
    if (this.found === 'end' && this.#becomesReady) this.#state = 'ready';
    return to;
  }

  /** Messages without a type: TLS or not, who the client is. */
  #first(to: number, at: number): number {
    const length = this.#startup.header.readUInt32BE(0);
    const code = this.#startup.start.length === 4 ? this.#startup.start.readUInt32BE(0) : 0;
    this.continues = false;
    this.expectsAnswer = true;
    if (code === SSL_REQUEST || code === GSS_REQUEST) {
      this.#state = 'asked for TLS';
      this.#word = 'SSL';
    } else if (code === CANCEL_REQUEST) {
      return this.#stop('opaque', to, 'this connection cancels what another one does');
    } else if (code >>> 16 === 3 && length <= 10_000) {
      this.#becomesReady = true;
      this.#word = 'LOGIN';
    } else return this.#stop('garbage', at, 'this is no startup of PostgreSQL');
    return to;
  }

  #message(to: number, at: number): number {
    const { header, start } = this.#requests;
    const type = header[0]!;
    if (!types.has(type)) return this.#stop('garbage', at, 'this is no message of PostgreSQL');
    const endsCopy = this.#copies === 'done' && type === SYNC;
    if (this.#copies !== 'not') {
      if (this.#copies === 'done') this.#copies = 'not';
      else if (type === COPY_DONE || type === COPY_FAIL) this.#copies = 'done';
    }
    const isQuery = type === QUERY || type === CALL;
    // A group that has failed goes on to its Sync, whatever comes; another one ends with a query, too.
    const isOfGroup = this.#inGroup && (!isQuery || this.#hasFailed);
    this.continues = isOfGroup || endsCopy || type === FLUSH || parts.has(type);
    this.expectsAnswer = (isQuery && !isOfGroup) || (type === SYNC && !endsCopy);
    if (type === SYNC || !isOfGroup) this.#hasFailed = false;
    // Parse, Bind, Execute … are one request up to their Sync.
    this.#inGroup = isOfGroup ? type !== SYNC : !this.continues && !this.expectsAnswer && type !== TERMINATE;
    if (this.continues) return to;
    const text = start.toString('latin1');
    const sql = type === QUERY ? text : type === PARSE ? text.slice(text.indexOf('\0') + 1) : '';
    const word = /^(?:\s|\/\*.*?\*\/|--[^\n]*\n|\()*([A-Za-z]+)/s.exec(sql)?.[1]?.toUpperCase();
    this.#word = word ?? (type === BIND ? 'EXECUTE' : String.fromCharCode(type));
    this.#opensGroup = this.#inGroup;
    return to;
  }

  describe(exchange: Exchange): void {
    exchange.command = this.#word;
    exchange.context = this.#state;
  }

  response(chunk: Buffer, at: number, exchange: Exchange | undefined): number {
    if (this.#state === 'asked for TLS') {
      const answer = chunk[at];
      this.#state = 'begin';
      if (answer === 0x4e) return this.#stop('end', at + 1);
      return this.#stop('opaque', at + 1, 'TLS hides the statements');
    }
    const to = this.#responses.nextEnd(chunk, at);
    this.found = this.#responses.found;
    if (this.found === 'garbage') return this.#stop('garbage', at, 'this is no answer of PostgreSQL');
    return this.found === 'end' ? this.#said(to, exchange === undefined) : this.#stop('more', to);
  }

  /** A message of the backend is complete. What it says to a group before the Sync waits for nothing. */
  #said(to: number, isEarly: boolean): number {
    const type = this.#responses.header[0]!;
    if (type === READY) {
      this.#status = this.#responses.start[0]!;
      this.#inAnswer = false;
      return to;
    }
    if (type === COPY_IN) this.#copies = 'in';
    if (isEarly || (!this.#inAnswer && asides.has(type))) return this.#stop('aside', to);
    this.#inAnswer = true;
    if (type === COPY_BOTH) return this.#stop('opaque', to, 'a replica is sent what changes');
    return this.#stop('more', to);
  }

  #stop(found: Found, at: number, why = ''): number {
    this.found = found;
    this.why = why;
    return at;
  }

  error(exchange: Exchange, { message }: ErrorWish): ProtocolError {
    if (exchange.context !== 'ready') {
      const text = message || 'the database system is starting up';
      return {
        bytes: errorResponse('FATAL', '57P03', text),
        close: true,
        detail: `answered FATAL 57P03: ${text}`,
      };
    }
    const text = message || 'broken on purpose';
    const error = errorResponse('ERROR', '58000', text);
    this.#hasFailed = this.#opensGroup;
    const ready = () => Buffer.from([0x5a, 0, 0, 0, 5, this.#status]);
    return {
      // PostgreSQL says at once what is wrong, ignores the rest up to Sync, and is ready then.
      ...(this.#opensGroup
        ? { ahead: error, bytes: ready }
        : { bytes: () => Buffer.concat([error, ready()]) }),
      close: false,
      detail: `answered ERROR 58000: ${text}`,
    };
  }
}

function codes(letters: string): number[] {
  return Array.from(letters, (letter) => letter.charCodeAt(0));
}

function errorResponse(severity: string, code: string, text: string): Buffer {
  const body = Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${text}\0\0`);
  const header = Buffer.alloc(5);
  header[0] = 0x45;
  header.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}
