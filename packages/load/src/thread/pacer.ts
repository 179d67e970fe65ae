import { readlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { GroupedArrivals } from '../plan/grouped-arrivals.ts';
import { Clock } from './clock.ts';
import { AWAKE, type Flags, LEAD_MS, WALK, type Walk } from './pace.ts';

/**
 * A thread that does nothing but sleep until the next arrival is due, and wake the generator then. Timers of an event
 * loop are late by up to a millisecond; sleeping on a futex is late by some microseconds, and needs no processor.
 */

const flags = workerData as Flags;
const clock = new Clock();
sleepExactly();

parentPort?.on('message', ({ stages, zero, from, walk }: Walk) => {
  clock.setZero(zero);
  const arrivals = new GroupedArrivals(stages);
  for (let { next } = arrivals; next; { next } = arrivals) {
    const { due } = next;
    // One call for all that is due then.
    while (arrivals.next?.due === due) arrivals.advance();
    if (due < from) continue;
    const left = due - LEAD_MS - clock.now();
    if (left > 0 && Atomics.wait(flags, WALK, walk, left) !== 'timed-out') return;
    wake();
  }
});
wake();

/** Linux lets a thread oversleep by 50 µs, to wake several at once (proc(5), timerslack_ns); this one is not to. */
function sleepExactly(): void {
  try {
    writeFileSync(`/proc/${basename(readlinkSync('/proc/thread-self'))}/timerslack_ns`, '1');
  } catch {
    // Another system: it sleeps as exactly as that lets it.
  }
}

/** One message is enough for all that becomes due until it is read. */
function wake(): void {
  if (Atomics.exchange(flags, AWAKE, 1) === 0) parentPort?.postMessage(0);
}
