import { type Bisect, isMarteauError, readBisect } from '@marteau/shared';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/**
 * Hunts for the commit that changed how a project does. The record lies in the folder of the run that is worse
 * (bisect.json); who queues its runs is a worker.
 */
export interface Bisects {
  /** Begins one, or begins anew what has ended. @throws 'store-unavailable' */
  begin(bisect: Bisect): Promise<void>;
  /** Null when nobody asked for it. @param run the one that is worse @throws 'newer-data', 'record-damaged' */
  of(run: string): Promise<Bisect | null>;
  /** Those that go on. One whose record cannot be read goes on no longer. */
  open(): Promise<Bisect[]>;
  /** Writes it down. @returns false where somebody ended it meanwhile: nothing was written */
  keep(bisect: Bisect): Promise<boolean>;
}

const FILE_NAME = 'bisect.json';

export function createBisects({ redis, folders, log }: Context): Bisects {
  const key = redisKeys.bisecting();
  const put = (bisect: Bisect) => folders.of(bisect.run).put(FILE_NAME, JSON.stringify(bisect));
  const bisects: Bisects = {
    async begin(bisect) {
      await put(bisect);
      await onRedis(() => redis.sadd(key, bisect.run));
    },
    async of(run) {
      const text = await folders.of(run).text(FILE_NAME);
      return text === null ? null : readBisect(text, run);
    },
    async open() {
      const found: Bisect[] = [];
      for (const run of await onRedis(() => redis.smembers(key))) {
        try {
          const bisect = await bisects.of(run);
          if (bisect !== null) found.push(bisect);
        } catch (error) {
          if (!isMarteauError(error, 'record-damaged')) throw error;
          log.warn({ run }, error.message);
          await onRedis(() => redis.srem(key, run));
        }
      }
      return found;
    },
    async keep(bisect) {
      if ((await onRedis(() => redis.sismember(key, bisect.run))) === 0) return false;
      await put(bisect);
      if (bisect.state !== 'running') await onRedis(() => redis.srem(key, bisect.run));
      return true;
    },
  };
  return bisects;
}
