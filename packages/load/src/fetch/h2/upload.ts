import type { RequestBody } from '../request-body.ts';

/** The body of a request while it is sent, at the pace of windows and socket. */
export class Upload {
  /** Whether nothing follows what is left. */
  isLast = false;
  /** Whether it ever had to wait. */
  waited = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #more: (() => void) | null = null;

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next bytes, `most` of them at most. */
  take(most: number): Uint8Array {
    const from = this.#at;
    this.#at = Math.min(this.#bytes.length, from + most);
    return this.#bytes.subarray(from, this.#at);
  }

  /** What is taken by and by; only where nothing is left. */
  give(bytes: Uint8Array, isLast: boolean): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.isLast = isLast;
  }

  /** Resolves when nothing is left, or it is given up. */
  taken(): Promise<void> {
    return new Promise((resolve) => {
      this.#more = resolve;
    });
  }

  /** Nothing is left. */
  settle(): void {
    const more = this.#more;
    this.#more = null;
    more?.();
  }
}

/** A body's bytes; a stream's are not there yet. */
export function bytesOf({ bytes }: RequestBody): Uint8Array | null {
  if (typeof bytes === 'string') return Buffer.from(bytes);
  return bytes instanceof Uint8Array ? bytes : null;
}
