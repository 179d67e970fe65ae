import { randomUUID } from 'node:crypto';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** What only one process may do at a time, and what it leaves for the next one to know. */
export interface Turns {
  /**
   * Does something alone, among all that have the same name.
   * @param longestMs after so long somebody else may, whatever became of it
   * @returns null where somebody else is at it
   */
  alone<T>(name: string, longestMs: number, work: () => Promise<T>): Promise<T | null>;
  /** What was left under a name; null for nothing, and after two months. */
  left(name: string): Promise<string | null>;
  leave(name: string, value: string): Promise<void>;
}

const KEPT_MS = 60 * 86_400_000;

export function createTurns({ redis, script }: Pick<Context, 'redis' | 'script'>): Turns {
  return {
    async alone(name, longestMs, work) {
      const token = randomUUID();
      const key = redisKeys.turn(name);
      if ((await onRedis(() => redis.set(key, token, 'PX', longestMs, 'NX'))) === null) return null;
      try {
        return await work();
      } finally {
        await script('end-turn', { name, token });
      }
    },
    left: (name) => onRedis(() => redis.get(redisKeys.left(name))),
    leave: async (name, value) =>
      void (await onRedis(() => redis.set(redisKeys.left(name), value, 'PX', KEPT_MS))),
  };
}
