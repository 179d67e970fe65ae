import { randomBytes } from 'node:crypto';

const DIGITS = 8;
const digits = Buffer.from('0123456789abcdef');
const parent = `-${randomBytes(8).toString('hex')}-01`;

/**
 * W3C traceparent headers, each with a trace of its own, so that a request can be found in the target's traces.
 * (https://www.w3.org/TR/trace-context/: version, 16 bytes of trace, 8 bytes of parent, "sampled".)
 */
export class TraceLines {
  /** The value but for the number that ends the trace. */
  readonly value = `00-${randomBytes(12).toString('hex')}${'0'.repeat(DIGITS)}${parent}`;
  #count = 0;

  /** Writes the next number into the value that ends at `end` of the bytes. */
  number(bytes: Buffer, end: number): void {
    let rest = this.#count++;
    for (let i = 1; i <= DIGITS; i += 1) {
      bytes[end - parent.length - i] = digits[rest & 15]!;
      rest >>>= 4;
    }
  }
}
