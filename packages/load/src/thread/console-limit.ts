/** What a thread may print at once, and from then on every second, in bytes. */
const BURST = 1024 * 1024;
const PER_SECOND = 256 * 1024;

type Write = typeof process.stdout.write;

/**
 * Keeps a script that prints with every iteration from filling memory and slowing the load down: what is above the
 * limit is left out, and how much that was is said.
 */
export class ConsoleLimit {
  #room = BURST;
  #left = 0;

  /** Begins to limit stdout and stderr of this thread. */
  begin(): void {
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream) as Write;
      stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
        const bytes = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length;
        if (!this.#admits(bytes)) return this.#skip(rest);
        return (write as (...args: unknown[]) => boolean)(chunk, ...rest);
      }) as Write;
    }
  }

  /** To be called once a second, and at the end. */
  second(): void {
    const left = this.#left;
    this.#left = 0;
    this.#room = Math.min(BURST, this.#room + PER_SECOND);
    if (left > 0) process.stderr.write(`[marteau] ${left} bytes of the script's console were left out\n`);
  }

  #admits(bytes: number): boolean {
    if (bytes > this.#room) {
      this.#left += bytes;
      return false;
    }
    this.#room -= bytes;
    return true;
  }

  #skip(rest: unknown[]): boolean {
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done as () => void);
    return true;
  }
}
