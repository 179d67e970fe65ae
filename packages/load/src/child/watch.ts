import type { ChildJob } from './job.ts';
import type { Parent } from './parent.ts';
import type { Thread } from './thread.ts';
import { whereStuck } from './where-stuck.ts';

const LOOK_MS = 250;

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
    if ('exitCode' in how)
      this.#parent.fail('script-exited', { how: `a thread ended with exit code ${how.exitCode}` });
    else if (how.error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      this.#parent.fail('script-out-of-memory', { detail: how.error.message });
    } else this.#parent.fail('engine-lost', { detail: how.error.stack ?? String(how.error) });
  }

  #look(threads: readonly Thread[], sinceBegin: number): void {
    if (this.#over) return;
    const { loadMs, stuckMs } = this.#job;
    const loading = threads.find(({ loaded }) => !loaded);
    const stuck = threads.find(
      ({ heard, finished, running }) => running && !finished && performance.now() - heard > stuckMs,
    );
    if (loading && sinceBegin > loadMs) this.#failSlow(loading, loadMs / 1000);
    else if (stuck) this.#failStuck(stuck, stuckMs / 1000);
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
