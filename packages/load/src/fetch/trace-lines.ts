import { randomBytes } from 'node:crypto';

const DIGITS = 3;
const LAST = 16 ** DIGITS;
const MOST = 16 ** 8;
/** '000' … 'fff': a number in hexadecimal is looked up faster than it is written. */
const digits = Array.from({ length: LAST }, (_, n) => n.toString(16).padStart(DIGITS, '0'));

/**
 * W3C traceparent headers, each with a trace of its own, so that a request can be found in the target's traces.
 * (https://www.w3.org/TR/trace-context/: version, 16 bytes of trace, 8 bytes of parent, "sampled".)
 */
export class TraceLines {
  readonly #trace = randomBytes(12).toString('hex');
  readonly #parent = randomBytes(4).toString('hex');
  #count = 0;
  #begin = '';
  #middle = '';

  next(): string {
    const last = this.#count % LAST;
    if (last === 0) this.#turn();
    this.#count = (this.#count + 1) % MOST;
    const number = digits[last]!;
    return `${this.#begin}${number}${this.#middle}${number}-01\r\n`;
  }

  /** The digits before the last three have changed. */
  #turn(): void {
    const high = Math.floor(this.#count / LAST)
      .toString(16)
      .padStart(8 - DIGITS, '0');
    this.#begin = `traceparent: 00-${this.#trace}${high}`;
    this.#middle = `-${this.#parent}${high}`;
  }
}
