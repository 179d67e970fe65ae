import { parentPort, workerData } from 'node:worker_threads';
import { DueArrivals } from '../plan/due-arrivals.ts';
import { Clock } from './clock.ts';
import { AWAKE, type Flags, WALK, type Walk } from './pace.ts';

/**
 * A thread that does nothing but sleep until the next arrival is due, and wake the generator then. Timers of an event
 * loop are late by up to a millisecond; sleeping on a futex is late by a tenth of that, and needs no processor.
 */

const flags = workerData as Flags;
const clock = new Clock();

parentPort?.on('message', ({ steps, zero, walk }: Walk) => {
  clock.setZero(zero);
  for (
    const arrivals = new DueArrivals(steps);
    arrivals.due !== Number.POSITIVE_INFINITY;
    arrivals.advance()
  ) {
    const left = arrivals.due - clock.now();
    if (left > 0 && Atomics.wait(flags, WALK, walk, left) !== 'timed-out') return;
    wake();
  }
});
wake();

/** One message is enough for all that becomes due until it is read. */
function wake(): void {
  if (Atomics.exchange(flags, AWAKE, 1) === 0) parentPort?.postMessage(0);
}
