import type { RunState } from '@marteau/shared';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** How the queue stands, in figures. */
export interface Standing {
  /** Runs that have not ended, by their state; `later` are those that wait for their time, and are not among the queued. */
  runs: Record<(typeof OPEN)[number] | 'later', number>;
  isPaused: boolean;
  /** Nothing new is taken: the memory of Redis is nearly used up. */
  isFull: boolean;
  /** Runs whose report nobody has begun. */
  unreported: number;
  /** Ended runs whose folder is not complete. */
  closing: number;
  /** What people and forges are to be told, and for how long the oldest of it is due, s. */
  deliveries: { mail: Due; other: Due };
  /** Bytes; 0 where there is no limit, or Redis does not say. */
  memory: { used: number; limit: number };
}

interface Due {
  waiting: number;
  overdueSeconds: number;
}

const OPEN = [
  'queued',
  'preparing',
  'waiting',
  'running',
  'reporting',
  'cancelling',
] as const satisfies RunState[];

/** See Store.standing. */
export async function readStanding({ redis, clock }: Context): Promise<Standing> {
  return onRedis(async () => {
    const due = async (key: string): Promise<Due> => {
      const [waiting, [, at]] = await Promise.all([
        redis.zcard(key),
        redis.zrange(key, '0', '0', 'WITHSCORES'),
      ]);
      const late = at === undefined ? 0 : (clock.now() - Number(at)) / 1000;
      return { waiting, overdueSeconds: Math.max(0, late) };
    };
    const [counts, isPaused, isFull, unreported, closing, mail, other, info] = await Promise.all([
      Promise.all(OPEN.map((state) => redis.zcard(redisKeys.state(state)))),
      redis.exists(redisKeys.paused()),
      redis.exists(redisKeys.full()),
      redis.zcard(redisKeys.unreported()),
      redis.zcard(redisKeys.closing()),
      due(redisKeys.outbox()),
      due(redisKeys.tellings()),
      redis.info('memory').catch(() => ''), // a managed one may not let us ask
    ]);
    const runs = Object.fromEntries(OPEN.map((state, i) => [state, counts[i]!])) as Standing['runs'];
    const later = await countLater({ redis, clock });
    const bytes = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
    return {
      runs: { ...runs, queued: runs.queued - later, later },
      isPaused: isPaused === 1,
      isFull: isFull === 1,
      unreported,
      closing,
      deliveries: { mail, other },
      memory: { used: bytes('used_memory'), limit: bytes('maxmemory') },
    };
  });
}

/** Of so many that are queued, how many wait for their time is looked at. */
const LOOKED_AT = 1000;

async function countLater({ redis, clock }: Pick<Context, 'redis' | 'clock'>): Promise<number> {
  const ids = await redis.zrange(redisKeys.state('queued'), '0', String(LOOKED_AT - 1));
  const moments = await Promise.all(ids.map((id) => redis.hget(redisKeys.run(id), 'notBefore')));
  return moments.filter((at) => Number(at) > clock.now()).length;
}
