import type { Context } from '../context.ts';
import { redisKeys } from './keys.ts';
import { onRedis } from './store-error.ts';

/** From this part of its memory on Redis takes nothing new: what runs needs the rest to come to its end. */
const FULL = 0.9;
/** Should nobody look any more. */
const STANDS_MS = 5000;

/** Looks how full Redis is, and says so to the scripts: submissions are refused, events are not kept. */
export async function keepReserve({ redis }: Context): Promise<void> {
  await onRedis(async () => {
    const info = await redis.info('memory');
    const bytes = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
    const limit = bytes('maxmemory');
    if (limit > 0 && bytes('used_memory') > limit * FULL)
      await redis.set(redisKeys.full(), '1', 'PX', STANDS_MS);
    else await redis.del(redisKeys.full());
  });
}
