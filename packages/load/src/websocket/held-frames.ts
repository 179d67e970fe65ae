import type { RateLimit } from '../fetch/rate-limit.ts';

interface Held {
  readonly frame: Buffer;
  /** ms of the thread's clock. */
  readonly since: number;
  readonly gone: () => void;
}

/**
 * Messages of a socket that its host does not allow yet, in the order in which they came. Only the first asks for its
 * moment: the others are nobody's turn, so that many on one socket do not keep those of others back.
 */
export class HeldFrames {
  /** Of frames that wait, bytes. */
  bytes = 0;
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #write: (frame: Buffer) => void;
  readonly #held: Held[] = [];
  #timer: NodeJS.Timeout | undefined;
  #whenEmpty: (() => void) | null = null;

  /** @param now ms of the thread's clock */
  constructor(limit: RateLimit, now: () => number, write: (frame: Buffer) => void) {
    this.#limit = limit;
    this.#now = now;
    this.#write = write;
  }

  /** Sends a frame now or later, and says so. */
  send(frame: Buffer, gone: () => void): void {
    this.#held.push({ frame, since: this.#now(), gone });
    this.bytes += frame.length;
    if (this.#held.length === 1) this.#ask();
  }

  /** Does something behind all that waits. */
  after(work: () => void): void {
    if (this.#held.length === 0) work();
    else this.#whenEmpty = work;
  }

  /** What waits is not sent any more. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#held.length = 0;
    this.bytes = 0;
    this.#whenEmpty = null;
  }

  #ask(): void {
    while (this.#held.length > 0) {
      const wait = this.#limit.take();
      if (wait > 0) {
        this.#timer = setTimeout(() => {
          this.#go();
          this.#ask();
        }, Math.ceil(wait));
        return;
      }
      this.#go();
    }
    const work = this.#whenEmpty;
    this.#whenEmpty = null;
    work?.();
  }

  #go(): void {
    const { frame, since, gone } = this.#held.shift()!;
    this.#limit.note(this.#now() - since);
    this.bytes -= frame.length;
    this.#write(frame);
    gone();
  }
}
