import { frameName } from './frame-types.ts';
import { ConnectionError } from './http2-error.ts';

const SECOND_MS = 1000;
/** In a second a server has no use for more frames that bring nothing (RFC 9113, 10.5). */
const MOST_A_SECOND = 2000;

/** So many of them are due to each answer: windows made larger, pings that measure the way. */
const FOR_AN_ANSWER = 10;

/** Counts frames that cost us and bring no answer on: SETTINGS, PING, empty DATA, resets of what is gone. */
export class FloodGuard {
  #second = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** An answer has come, and brings its own. */
  answered(): void {
    this.#count -= FOR_AN_ANSWER;
  }

  /** A part of a body has come. */
  moved(): void {
    this.#count -= 1;
  }

  /**
   * @param now ms
   * @throws ConnectionError when it is too many
   */
  count(type: number, now: number): void {
    if (now - this.#second >= SECOND_MS) {
      this.#second = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count > MOST_A_SECOND) {
      throw new ConnectionError(
        `${frameName(type)} flood`,
        `more than ${MOST_A_SECOND} frames in a second that bring nothing, the last one ${frameName(type)}`,
        'ENHANCE_YOUR_CALM',
      );
    }
  }
}
