import { parentPort, workerData } from 'node:worker_threads';
import { type AlarmData, CALLED, CHANGES } from './alarm.ts';
import { now } from './now.ts';

const { moment, flags } = workerData as AlarmData;

for (;;) {
  const seen = Atomics.load(flags, CHANGES);
  const left = moment[0]! - now();
  if (left > 0 && Atomics.wait(flags, CHANGES, seen, left) !== 'timed-out') continue;
  if (Atomics.exchange(flags, CALLED, 1) === 0) parentPort?.postMessage(0);
  Atomics.wait(flags, CHANGES, seen);
}
