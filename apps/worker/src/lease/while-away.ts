import { setTimeout as sleep } from 'node:timers/promises';
import { isMarteauError } from '@marteau/shared';
import type { Lease } from '@marteau/store';
import type { Context } from '../context.ts';
import type { LeasedJob } from './leased-job.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Does what needs the bucket, again and again while that does not answer or takes no more, until the deadline for it.
 * @throws what the last try threw; the signal's reason
 */
export async function whileAway<T>(
  { config, now }: Pick<Context, 'config' | 'now'>,
  { console, phase, signal, log }: LeasedJob<Lease>,
  work: () => Promise<T>,
): Promise<T> {
  const until = now() + config.deadlines.store;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error) || now() + pause > until) throw error;
      if (pause === FIRST_PAUSE_MS) {
        console.say(`${(error as Error).message} What was measured waits for it.`);
        phase.say('waiting for the bucket');
      }
      log.warn({ err: error }, 'the bucket does not take what is to be stored; trying again');
      await sleep(pause, undefined, { signal }).catch(() => {});
      signal.throwIfAborted();
    }
  }
}

/** Whether it is the bucket that is away or full, and may come back. */
export function isAway(error: unknown): error is Error {
  return isMarteauError(error) && error.retry && error.code.startsWith('bucket-');
}
