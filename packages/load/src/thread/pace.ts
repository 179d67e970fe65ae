import { Worker } from 'node:worker_threads';
import type { OpenStage } from '../plan/due-arrivals.ts';

/** What the pacer is told: walk through these arrivals. */
export interface Walk {
  readonly stages: readonly OpenStage[];
  /** Moment 0 of the run's clock, as process.hrtime.bigint() tells it. */
  readonly zero: bigint;
  /** What is due before this moment is left out; ms of the run's clock. */
  readonly from: number;
  /** Number of the walk; it is over when `flags[WALK]` says another one. */
  readonly walk: number;
}

export type Flags = Int32Array<SharedArrayBuffer>;

/** Cells of the flags: the generator has a message to read; the walk that is on. */
export const AWAKE = 0;
export const WALK = 1;

/** So much before an arrival is due its generator is woken, which takes about as long, and waits for what is left, ms. */
export const LEAD_MS = 0.03;

const entry = new URL('./pacer.ts', import.meta.url);

/** Calls back whenever arrivals have become due, from a thread of its own that sleeps in between. */
export class Pace {
  /** Resolves when its thread runs. */
  readonly ready: Promise<void>;
  readonly #flags: Flags = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;
  #due: () => void = () => undefined;

  constructor() {
    this.#worker = new Worker(entry, { workerData: this.#flags, env: {} });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#worker.on('message', () => {
      Atomics.store(this.#flags, AWAKE, 0);
      resolve();
      this.#due();
    });
    this.#worker.unref();
  }

  /** From now on calls back for these arrivals, and for no others. */
  begin(stages: readonly OpenStage[], zero: bigint, due: () => void, from = 0): void {
    this.#due = due;
    const walk: Walk = { stages, zero, from, walk: this.#nextWalk() };
    Atomics.notify(this.#flags, WALK);
    this.#worker.postMessage(walk);
  }

  /** Does not call back any more. */
  end(): void {
    this.#due = () => undefined;
    this.#nextWalk();
    Atomics.notify(this.#flags, WALK);
  }

  #nextWalk(): number {
    return Atomics.add(this.#flags, WALK, 1) + 1;
  }
}
