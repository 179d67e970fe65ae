import type { Failure } from './failure.ts';

/** What a body lets its connection know. */
export interface BodySource {
  /** Stop reading until `resume`: nobody takes what comes. */
  pause(): void;
  resume(): void;
  /** Nobody wants the rest. */
  cancel(): void;
  /** The rest cannot be had: the exchange has failed. */
  abort(failure: Failure): void;
}

/** Bytes that wait for a reader before the connection is told to pause. */
const HIGH_WATER = 256 * 1024;
/** The largest body that is kept in memory for one reader. */
const LARGEST = 256 * 1024 * 1024;

/**
 * The body of an answer, between the connection that fills it and the script that reads it: whole as one latin1
 * string (a character a byte) when it came in one piece, else as parts.
 */
export class ResponseBody {
  /** Whether a reader has taken it. */
  taken = false;
  /** Whether it is read as it comes, and is measured so. */
  isStreamed = false;
  /** In how many parts it came, and when the first and the last one did; ms of the thread's clock, 0 where it came whole. */
  partCount = 0;
  firstPart = 0;
  lastPart = 0;
  readonly #now: () => number;
  readonly #source: BodySource;
  #whole: string | null = null;
  #parts: Buffer[] = [];
  #size = 0;
  #done = false;
  #failure: Failure | null = null;
  #discarding = false;
  #collecting = false;
  #paused = false;
  #wake: (() => void) | null = null;

  constructor(source: BodySource, now: () => number) {
    this.#source = source;
    this.#now = now;
  }

  /** True when it came to its end or failed. */
  get settled(): boolean {
    return this.#done || this.#failure !== null;
  }

  /** True when it came to its end. */
  get isWhole(): boolean {
    return this.#done;
  }

  setWhole(text: string): void {
    this.#whole = text;
    this.partCount = 1;
  }

  add(bytes: Buffer, from: number, to: number): void {
    this.lastPart = this.#now();
    if (this.partCount === 0) this.firstPart = this.lastPart;
    this.partCount += 1;
    if (this.#discarding) return;
    this.#parts.push(Buffer.from(bytes.subarray(from, to)));
    this.#size += to - from;
    if (!this.#collecting && this.#size > HIGH_WATER) this.#hold();
    this.#wake?.();
  }

  end(): void {
    this.#done = true;
    // The connection may be the next one's now, and has to be read again.
    this.#release();
    this.#wake?.();
  }

  fail(failure: Failure): void {
    if (this.#done) return;
    this.#failure = failure;
    this.#wake?.();
  }

  /** Reads on and throws away what comes: nobody will read it. */
  discard(): void {
    if (this.taken) return;
    this.#discarding = true;
    this.#parts = [];
    this.#release();
  }

  /** The first bytes, for a report; empty when they were read or thrown away. */
  preview(length: number): string {
    const bytes = this.#whole === null ? Buffer.concat(this.#parts) : Buffer.from(this.#whole, 'latin1');
    return bytes.toString('utf8', 0, length);
  }

  /** The whole body as latin1, if it came in one piece; the way of most answers, without a promise. */
  takeWhole(): string | null {
    if (this.#whole !== null) this.taken = true;
    return this.#whole;
  }

  /** The whole body. Rejects with a `Failure`. */
  async collect(): Promise<Buffer> {
    this.taken = true;
    this.#collecting = true;
    this.#release();
    if (this.#whole !== null) return Buffer.from(this.#whole, 'latin1');
    while (!this.settled) {
      if (this.#size > LARGEST) {
        this.#source.abort({
          code: 'body too large',
          message: `the body is longer than ${LARGEST / 1024 / 1024} MB. Read it as a stream, or cancel it`,
        });
        break;
      }
      await this.#more();
    }
    if (this.#failure) throw this.#failure;
    const whole = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    return whole;
  }

  /** The next bytes; null at the end. Rejects with a `Failure`. */
  async next(): Promise<Buffer | null> {
    this.taken = true;
    if (this.#whole !== null) {
      const bytes = Buffer.from(this.#whole, 'latin1');
      this.#whole = null;
      return bytes.length > 0 ? bytes : null;
    }
    while (this.#parts.length === 0) {
      if (this.#failure) throw this.#failure;
      if (this.#done) return null;
      this.#release();
      await this.#more();
    }
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#size = 0;
    return bytes;
  }

  cancel(): void {
    this.taken = true;
    if (!this.settled) this.#source.cancel();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }

  #hold(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#source.pause();
  }

  #release(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#source.resume();
  }
}
