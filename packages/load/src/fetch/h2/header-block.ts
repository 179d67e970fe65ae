import { ConnectionError } from './http2-error.ts';
import { LONGEST_LIST } from './response-fields.ts';

/** No head needs so many frames, however small they are. */
const MOST_FRAMES = 64;

/** A header block that comes in several frames (RFC 9113, 4.3), of which no other frame may come between. */
export class HeaderBlock {
  readonly stream: number;
  /** Whether the answer ends with it. */
  readonly isEnd: boolean;
  readonly #parts: Buffer[];
  #size: number;

  constructor(stream: number, isEnd: boolean, first: Buffer) {
    this.stream = stream;
    this.isEnd = isEnd;
    this.#parts = [Buffer.from(first)];
    this.#size = first.length;
  }

  /** @throws ConnectionError when it has no end: it would have to be kept, as it changes what the next ones mean */
  add(part: Buffer): void {
    this.#parts.push(Buffer.from(part));
    this.#size += part.length;
    if (this.#size <= LONGEST_LIST && this.#parts.length <= MOST_FRAMES) return;
    throw new ConnectionError('CONTINUATION flood', 'a header block has no end', 'ENHANCE_YOUR_CALM');
  }

  whole(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
