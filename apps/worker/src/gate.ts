/**
 * Load is generated undisturbed: while a node generates load it does no desk work (prepare, finalize, notify of other
 * runs). Desk work that comes meanwhile is put off; load waits until the desk work at hand is done.
 *
 *     desk work   ▓▓▓▓▓▓▓  later  later  ▓▓▓▓
 *     load               ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
 */
export class Gate {
  #loads = 0;
  #desks = 0;
  #freed = Promise.withResolvers<void>();

  /** Whether this node generates load, or is about to. */
  get isLoading(): boolean {
    return this.#loads > 0;
  }

  /** Does desk work, or answers `later` when load is generated. Several may be done at a time. */
  async desk<T>(work: () => Promise<T>): Promise<T | 'later'> {
    if (this.isLoading) return 'later';
    this.#desks++;
    try {
      return await work();
    } finally {
      this.#desks--;
      if (this.#desks === 0) this.#freed.resolve();
    }
  }

  /** Generates load, once the desk work at hand is done. Rejects with the signal's reason when it aborts before. */
  async load<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.#loads++;
    try {
      while (this.#desks > 0) await this.#free(signal);
      return await work();
    } finally {
      this.#loads--;
    }
  }

  async #free(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#freed = Promise.withResolvers();
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([this.#freed.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}
