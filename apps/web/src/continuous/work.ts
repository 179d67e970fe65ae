import { setTimeout as sleep } from 'node:timers/promises';
import type { Continuous } from './context.ts';
import { digestRound } from './floods.ts';
import { handleArrival } from './handle-arrival.ts';
import { createLookForSchedules } from './keep-schedules.ts';
import { createKnownHooks } from './known-hooks.ts';
import { createPoll } from './poll.ts';
import { runSchedules } from './run-schedules.ts';
import { tell } from './tell.ts';

/** What the web does by itself, until it is closed: it never waits for a load. */
export interface Work {
  close(): Promise<void>;
}

const LOOK_MS = 500;
const HAND_ON_MS = 5000;
const SCHEDULES_MS = 10_000;
const POLL_MS = 5000;
const LOOK_FOR_MS = 60_000;
const GRACE_MS = 5000;

/**
 * | what            | by                 | at once |
 * |-----------------|--------------------|---------|
 * | calls of hooks  | handle-arrival.ts  | 2       |
 * | what is told    | tell.ts            | 4       |
 * | times           | run-schedules.ts   | 1       |
 * | looks           | poll.ts            | 2 a host |
 */
export function startWork(context: Omit<Continuous, 'closing'>): Work {
  const { store } = context;
  const closing = new AbortController();
  const { signal } = closing;
  const all: Continuous = { ...context, closing: signal };
  const hooks = createKnownHooks(all);
  const queues = [
    store.work('hook', (job) => handleArrival(all, job), { concurrency: 2 }),
    store.work('tell', (job) => tell(all, job), { concurrency: 4 }),
  ];
  const repeat = async (name: string, everyMs: number, work: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      await work().catch((err: Error) => context.log.debug({ err }, `${name} failed; it is tried again`));
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  };
  const rounds = [
    repeat('tell', LOOK_MS, () => store.deliveries.addDue()),
    repeat('hand on', HAND_ON_MS, () => store.arrivals.handOn()),
    repeat('schedules', SCHEDULES_MS, () => runSchedules(all)),
    repeat('digests', LOOK_FOR_MS, () => digestRound(all)),
    repeat('poll', POLL_MS, createPoll(all, hooks)),
    repeat('look for schedules', LOOK_FOR_MS, createLookForSchedules(all, hooks)),
  ];
  return {
    async close() {
      closing.abort(new Error('the server is stopping'));
      await Promise.all(queues.map((queue) => queue.close(GRACE_MS)));
      await Promise.race([Promise.all(rounds), sleep(GRACE_MS, undefined, { ref: false })]);
    },
  };
}
