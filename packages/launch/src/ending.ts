import type { ExitCause } from './exit.ts';
import type { Enclosure } from './sandboxes/sandbox.ts';

/** The end of one launch: SIGTERM once, then SIGKILL of all of it when the shortest of the asked graces is over. */
export class Ending {
  /** What began the end, or `exited` if nothing did. */
  cause: ExitCause = 'exited';
  readonly #pid: number;
  readonly #enclosure: Enclosure;
  #killAt = Number.POSITIVE_INFINITY;
  #killTimer: NodeJS.Timeout | undefined;
  #finished = false;

  constructor(pid: number, enclosure: Enclosure) {
    this.#pid = pid;
    this.#enclosure = enclosure;
  }

  begin(cause: ExitCause, graceMs: number): void {
    if (this.#finished) return;
    if (this.cause === 'exited') {
      this.cause = cause;
      if (graceMs > 0) this.#enclosure.terminate(this.#pid);
    }
    const killAt = performance.now() + graceMs;
    if (killAt >= this.#killAt) return;
    this.#killAt = killAt;
    clearTimeout(this.#killTimer);
    if (graceMs > 0) this.#killTimer = setTimeout(() => this.#enclosure.kill(this.#pid), graceMs);
    else this.#enclosure.kill(this.#pid);
  }

  /** To be called when the spawned process has ended; resolves when nothing that it started is left. */
  finish(): Promise<void> {
    this.#finished = true;
    clearTimeout(this.#killTimer);
    return this.#enclosure.clear(this.#pid);
  }
}
