/**
 * Load is generated undisturbed: while a node generates load it begins no desk work (prepare, finalize, notify of
 * other runs), and it begins to generate only once the desk work it is at is done.
 *
 *     desk work   ▓▓▓▓▓▓▓░░░░░░░░░░░░░░▓▓▓▓      ░ waits
 *     load               ▓▓▓▓▓▓▓▓▓▓▓▓▓▓
 */
export class Gate {
  #loads = 0;
  #desks = 0;
  #waiting: (() => void)[] = [];

  /** Does desk work, once no load is generated. Several may be done at a time. */
  async desk<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    // Looking and entering are one step: between them, a load could begin.
    await this.#until(() => this.#loads === 0 && ++this.#desks > 0, signal);
    try {
      return await work();
    } finally {
      this.#desks--;
      this.#wake();
    }
  }

  /** Generates load: new desk work waits from now on, and the load waits for the desk work that is being done. */
  async load<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#loads++;
    try {
      await this.#until(() => this.#desks === 0, signal);
      return await work();
    } finally {
      this.#loads--;
      this.#wake();
    }
  }

  async #until(open: () => boolean, signal?: AbortSignal): Promise<void> {
    while (!open()) {
      signal?.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
      await promise;
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
