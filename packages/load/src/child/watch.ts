import type { ChildJob } from './job.ts';
import type { Parent } from './parent.ts';
import type { Thread } from './thread.ts';
import { whereStuck } from './where-stuck.ts';

const LOOK_MS = 250;
/** Who looks so much later than it wanted was frozen, ms. */
const FROZEN_MS = 1000;

/** Sees to it that a script that never comes to an end, or ends its thread, does not leave the run hanging. */
export class Watch {
  readonly #job: ChildJob;
  readonly #parent: Parent;
  #over = false;
  /** When loading began, and when it looked last; ms of performance.now(). */
  #began = 0;
  #looked = 0;

  constructor(job: ChildJob, parent: Parent) {
    this.#job = job;
    this.#parent = parent;
  }

  begin(threads: readonly Thread[]): void {
    this.#began = performance.now();
    this.#looked = this.#began;
    setInterval(() => this.#look(threads), LOOK_MS).unref();
  }

  /** A thread ended by itself. */
  ended(how: { readonly error: NodeJS.ErrnoException } | { readonly exitCode: number }): void {
    if (this.#over) return;
    this.#over = true;
    if ('exitCode' in how)
      this.#parent.fail('script-exited', { how: `a thread ended with exit code ${how.exitCode}` });
    else if (how.error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      this.#parent.fail('script-out-of-memory', { detail: how.error.message });
    } else this.#parent.fail('engine-lost', { detail: how.error.stack ?? String(how.error) });
  }

  #look(threads: readonly Thread[]): void {
    if (this.#over) return;
    const now = performance.now();
    this.#forgive(threads, now - this.#looked - LOOK_MS);
    this.#looked = now;
    const { loadMs, stuckMs } = this.#job;
    const loading = threads.find(({ loaded }) => !loaded);
    const stuck = threads.find(
      ({ heard, finished, running }) => running && !finished && now - heard > stuckMs,
    );
    if (loading && now - this.#began > loadMs) this.#failSlow(loading, loadMs / 1000);
    else if (stuck) this.#failStuck(stuck, stuckMs / 1000);
  }

  /** While the process was frozen the threads were, too, and what they said before was not heard yet. */
  #forgive(threads: readonly Thread[], late: number): void {
    if (late < FROZEN_MS) return;
    this.#began += late;
    for (const thread of threads) thread.heard += late;
  }

  async #failSlow({ worker }: Thread, seconds: number): Promise<void> {
    this.#over = true;
    const { script, root } = this.#job;
    const where = await whereStuck(worker, root);
    this.#parent.fail('script-slow-to-load', { script: script.slice(root.length + 1), seconds, where });
  }

  async #failStuck({ worker }: Thread, seconds: number): Promise<void> {
    this.#over = true;
    const where = (await whereStuck(worker, this.#job.root)) || 'a thread does not answer';
    this.#parent.fail('script-stuck', { where, seconds });
  }
}
