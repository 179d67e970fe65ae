import type { Context } from '../context.ts';
import type { ShareLease } from '../ledger/leases.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** Something elsewhere that a share may change, and how it is put back. */
export interface Repair {
  /** What it is: of one place the last that was written counts. */
  readonly place: string;
  readonly lease: ShareLease;
  /** JSON; whoever wrote it knows what it says. */
  readonly state: unknown;
}

/**
 * What has to be put back outside of Marteau, should whoever changes it die: written down first, and forgotten once it
 * was put back.
 */
export interface Repairs {
  keep(repair: Repair): Promise<void>;
  /** It was put back. What another lease has written there since stays. */
  forget(repair: Pick<Repair, 'place' | 'lease'>): Promise<void>;
  /** Those whose holders hold nothing any more: anybody may put them back. */
  left(): Promise<Repair[]>;
}

/** What Redis has of one, under its place. */
interface Written {
  /** The lease, by the name that it had first. */
  hold: ShareLease;
  state: unknown;
}

export function createRepairs({ redis, script }: Context): Repairs {
  const key = redisKeys.repairs();
  return {
    keep: ({ place, lease, state }) =>
      onRedis(async () => {
        const written: Written = { hold: lease, state };
        await redis.hset(key, place, JSON.stringify(written));
      }),
    forget: ({ place, lease }) =>
      onRedis(async () => {
        const text = await redis.hget(key, place);
        if (text !== null && isSame((JSON.parse(text) as Written).hold, lease)) await redis.hdel(key, place);
      }),
    async left() {
      const all = Object.entries(await onRedis(() => redis.hgetall(key)));
      const repairs = all.map(([place, text]): Repair => {
        const { hold, state } = JSON.parse(text) as Written;
        return { place, lease: hold, state };
      });
      const answers = await Promise.all(repairs.map(({ lease }) => script('check-share', { lease })));
      return repairs.filter((_, i) => answers[i] === 'lost');
    },
  };
}

function isSame(a: ShareLease, b: ShareLease): boolean {
  return a.runId === b.runId && a.attempt === b.attempt && a.share === b.share && a.boot === b.boot;
}
