import type { ChildJob } from './job.ts';
import type { Parent } from './parent.ts';
import type { Thread } from './thread.ts';

const LOOK_MS = 500;

/** Sees to it that a script that never comes to an end, or ends its thread, does not leave the run hanging. */
export class Watch {
  readonly #job: ChildJob;
  readonly #parent: Parent;
  #over = false;

  constructor(job: ChildJob, parent: Parent) {
    this.#job = job;
    this.#parent = parent;
  }

  begin(threads: readonly Thread[]): void {
    const began = performance.now();
    setInterval(() => this.#look(threads, performance.now() - began), LOOK_MS).unref();
  }

  /** A thread ended by itself. */
  ended(how: { readonly error: NodeJS.ErrnoException } | { readonly exitCode: number }): void {
    if (this.#over) return;
    this.#over = true;
    if ('exitCode' in how) this.#parent.fail('script-exited', { how: `process.exit(${how.exitCode})` });
    else if (how.error.code === 'ERR_WORKER_OUT_OF_MEMORY')
      this.#parent.fail('script-out-of-memory', { detail: how.error.message });
    else this.#parent.fail('engine-lost', { detail: how.error.stack ?? String(how.error) });
  }

  #look(threads: readonly Thread[], sinceBegin: number): void {
    if (this.#over) return;
    const { loadMs, stuckMs, script } = this.#job;
    if (threads.some(({ loaded }) => !loaded)) {
      if (sinceBegin < loadMs) return;
      this.#over = true;
      this.#parent.fail('script-slow-to-load', { script, seconds: loadMs / 1000, where: '' });
    } else if (threads.some(({ heard, finished }) => !finished && performance.now() - heard > stuckMs)) {
      this.#over = true;
      this.#parent.fail('script-stuck', { where: '', seconds: stuckMs / 1000 });
    }
  }
}
