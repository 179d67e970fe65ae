import { Worker } from 'node:worker_threads';

/** Cells of the flags: how often the moment was changed; whether a call is on its way. */
export const CHANGES = 0;
export const CALLED = 1;

export interface AlarmData {
  /** When to call, ms of the wall clock; infinite for never. */
  readonly moment: Float64Array<SharedArrayBuffer>;
  readonly flags: Int32Array<SharedArrayBuffer>;
}

/** Calls back at a moment, more exactly than a timer of an event loop does: a thread sleeps until then. */
export class Alarm {
  readonly #data: AlarmData = {
    moment: new Float64Array(new SharedArrayBuffer(8)),
    flags: new Int32Array(new SharedArrayBuffer(8)),
  };

  constructor(call: () => void) {
    this.#data.moment[0] = Number.POSITIVE_INFINITY;
    const worker = new Worker(new URL('./alarm-thread.ts', import.meta.url), { workerData: this.#data });
    worker.on('message', () => {
      Atomics.store(this.#data.flags, CALLED, 0);
      call();
    });
    worker.unref();
  }

  set(moment: number): void {
    const { moment: cell, flags } = this.#data;
    cell[0] = moment;
    Atomics.add(flags, CHANGES, 1);
    Atomics.notify(flags, CHANGES);
  }
}
