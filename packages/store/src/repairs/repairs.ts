import type { ShareHold } from '../api/holds.ts';
import type { Repair, Repairs } from '../api/repairs.ts';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

type Written = Omit<Repair, 'place'>;

export function createRepairs({ redis, script }: Context): Repairs {
  const key = redisKeys.repairs();
  return {
    keep: ({ place, hold, state }) =>
      onRedis(async () => {
        const written: Written = { hold, state };
        await redis.hset(key, place, JSON.stringify(written));
      }),
    forget: ({ place, hold }) =>
      onRedis(async () => {
        const text = await redis.hget(key, place);
        if (text !== null && isSame((JSON.parse(text) as Written).hold, hold)) await redis.hdel(key, place);
      }),
    async left() {
      const all = Object.entries(await onRedis(() => redis.hgetall(key)));
      const repairs = all.map(([place, text]): Repair => ({ place, ...(JSON.parse(text) as Written) }));
      const answers = await Promise.all(repairs.map(({ hold }) => script('check-share', { hold })));
      return repairs.filter((_, i) => answers[i] === 'lost');
    },
  };
}

function isSame(a: ShareHold, b: ShareHold): boolean {
  return a.runId === b.runId && a.attempt === b.attempt && a.share === b.share && a.boot === b.boot;
}
