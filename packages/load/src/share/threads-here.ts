import { availableParallelism } from 'node:os';

/** How many threads generate load on this machine: its cores but one. */
export function threadsHere(): number {
  return Math.max(1, availableParallelism() - 1);
}
