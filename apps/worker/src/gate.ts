/**
 * Load is generated undisturbed: while a node generates load it does no other job (prepare, finalize, notify of other
 * runs). What comes meanwhile is put off; load waits until the jobs at hand are done.
 *
 *     other jobs  ▓▓▓▓▓▓▓  later  later  ▓▓▓▓
 *     load               ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
 */
export class Gate {
  #loads = 0;
  #jobs = 0;
  #freed = Promise.withResolvers<void>();
  #idleSince: number;
  readonly #now: () => number;

  /** @param now a clock in ms that never goes back */
  constructor(now = () => performance.now()) {
    this.#now = now;
    this.#idleSince = now();
  }

  /** For how long this node has had nothing to do, ms. */
  get idleMs(): number {
    return this.#loads + this.#jobs > 0 ? 0 : this.#now() - this.#idleSince;
  }

  /** Whether it does anything. */
  get isBusy(): boolean {
    return this.#loads + this.#jobs > 0;
  }

  /** Whether this node generates load, or is about to. */
  get isLoading(): boolean {
    return this.#loads > 0;
  }

  /** Does a job that is not load, or answers `later` when load is generated. Several may be done at a time. */
  async job<T>(work: () => Promise<T>): Promise<T | 'later'> {
    if (this.isLoading) return 'later';
    this.#jobs++;
    try {
      return await work();
    } finally {
      this.#jobs--;
      this.#idleSince = this.#now();
      if (this.#jobs === 0) this.#freed.resolve();
    }
  }

  /** Generates load, once the jobs at hand are done. Rejects with the signal's reason when it aborts before. */
  async load<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.#loads++;
    try {
      while (this.#jobs > 0) await this.#free(signal);
      return await work();
    } finally {
      this.#loads--;
      this.#idleSince = this.#now();
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
