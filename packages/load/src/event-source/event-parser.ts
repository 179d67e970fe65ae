/** One event of a stream. */
export interface StreamEvent {
  /** 'message' where the stream names none. */
  readonly type: string;
  readonly data: string;
  /** What is sent as Last-Event-ID when the stream is opened again. */
  readonly lastEventId: string;
}

/** A longer line, or event, has no end that is worth waiting for; characters. */
export const LONGEST_EVENT = 16 * 1024 * 1024;

/**
 * Reads a stream of events as the HTML standard says (9.2.6), from bytes that are cut in whatever way. Lines end in CRLF,
 * LF or CR; a line that is not ended, and an event without an empty line after it, are not read.
 */
export class EventParser {
  // One byte order mark is left out: Node's decoder leaves out two where the first one comes in parts.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #hasBegun = false;
  /** A line that has not come to its end. */
  #line = '';
  /** The last character was a CR, whose LF may come. */
  #afterCr = false;
  #data: string[] = [];
  #length = 0;
  #type = '';
  #lastEventId: string;
  /** What the stream wants: how long to wait before it is opened again, ms; null where it has not said. */
  retryMs: number | null = null;

  /** @param lastEventId of the stream before it was opened again */
  constructor(lastEventId = '') {
    this.#lastEventId = lastEventId;
  }

  get lastEventId(): string {
    return this.#lastEventId;
  }

  /** @throws RangeError for an event that is too long */
  read(bytes: Uint8Array): StreamEvent[] {
    const events: StreamEvent[] = [];
    const text = this.#decoder.decode(bytes, { stream: true });
    let at = 0;
    if (!this.#hasBegun && text !== '') {
      this.#hasBegun = true;
      if (text[0] === '\ufeff') at = 1;
    }
    if (this.#afterCr && text !== '') {
      if (text[0] === '\n') at = 1;
      this.#afterCr = false;
    }
    for (;;) {
      END.lastIndex = at;
      const end = END.exec(text);
      if (!end) break;
      const line = this.#line + text.slice(at, end.index);
      this.#line = '';
      at = END.lastIndex;
      if (end[0] === '\r' && at === text.length) this.#afterCr = true;
      const event = this.#take(line);
      if (event) events.push(event);
    }
    this.#line += text.slice(at);
    if (this.#line.length + this.#length > LONGEST_EVENT)
      throw new RangeError(`an event is longer than ${LONGEST_EVENT / 1024 / 1024} MB`);
    return events;
  }

  #take(line: string): StreamEvent | null {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') {
      this.#data.push(value);
      this.#length += value.length + 1;
    } else if (name === 'event') this.#type = value;
    else if (name === 'id') {
      if (!value.includes('\0')) this.#lastEventId = value;
    } else if (name === 'retry' && /^\d{1,9}$/.test(value)) this.retryMs = Number(value);
    return null;
  }

  #dispatch(): StreamEvent | null {
    const type = this.#type || 'message';
    const data = this.#data;
    this.#type = '';
    this.#data = [];
    this.#length = 0;
    return data.length === 0 ? null : { type, data: data.join('\n'), lastEventId: this.#lastEventId };
  }
}

const END = /\r\n|\n|\r/g;
