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
  /** How often it was tried in vain. */
  readonly tries: number;
}

/**
 * What has to be put back outside of Marteau, should whoever changes it die: written down first, and forgotten once it
 * was put back.
 */
export interface Repairs {
  keep(repair: Omit<Repair, 'tries'>): Promise<void>;
  /** It was put back. What another lease has written there since stays. */
  forget(repair: Pick<Repair, 'place' | 'lease'>): Promise<void>;
  /** Those whose holders hold nothing any more, and whose time has come: anybody may put them back. @param now ms */
  left(now: number): Promise<Repair[]>;
  /** It is being tried: nobody tries it again before that moment, ms since 1970. */
  tried(repair: Repair, next: number): Promise<void>;
}

/** What Redis has of one, under its place. */
interface Written {
  /** The lease, by the name that it had first. */
  hold: ShareLease;
  state: unknown;
  tries?: number;
  /** When it is tried again, ms since 1970. */
  next?: number;
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
    tried: ({ place, lease, state, tries }, next) =>
      onRedis(async () => {
        const written: Written = { hold: lease, state, tries: tries + 1, next };
        await redis.hset(key, place, JSON.stringify(written));
      }),
    async left(now) {
      const all = Object.entries(await onRedis(() => redis.hgetall(key)));
      const repairs = all.flatMap(([place, text]): Repair[] => {
        const { hold, state, tries = 0, next = 0 } = JSON.parse(text) as Written;
        return next > now ? [] : [{ place, lease: hold, state, tries }];
      });
      const answers = await Promise.all(repairs.map(({ lease }) => script('check-share', { lease })));
      return repairs.filter((_, i) => answers[i] === 'lost');
    },
  };
}

function isSame(a: ShareLease, b: ShareLease): boolean {
  return a.runId === b.runId && a.attempt === b.attempt && a.share === b.share && a.boot === b.boot;
}
