import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** What is kept between the two halves of a sign-in, each by a secret that one browser, or one mail, has. */
export interface SignIns {
  /** Keeps it for ten minutes. @param secret at least 128 random bits; Redis keeps its hash */
  begin(secret: string, data: object): Promise<void>;
  /** Looks without using it up. Null where there is none any more. */
  look<T extends object>(secret: string): Promise<T | null>;
  /** Uses it up: of two at once one gets it. */
  take<T extends object>(secret: string): Promise<T | null>;
  /** Counts a try. @returns whether there were no more than `most` of this name within an hour */
  mayTry(name: string, most: number): Promise<boolean>;
}

/** ASVS 5.0, 6.5.5. */
const VALID_S = 600;
const HOUR_S = 3600;

export function createSignIns(redis: Redis): SignIns {
  const keyOf = (secret: string) => redisKeys.signin(createHash('sha256').update(secret).digest('base64url'));
  const parsed = <T>(text: string | null) => (text === null ? null : (JSON.parse(text) as T));
  return {
    begin: (secret, data) =>
      onRedis(async () => void (await redis.set(keyOf(secret), JSON.stringify(data), 'EX', VALID_S))),
    look: (secret) => onRedis(async () => parsed(await redis.get(keyOf(secret)))),
    take: (secret) => onRedis(async () => parsed(await redis.getdel(keyOf(secret)))),
    mayTry: (name, most) =>
      onRedis(async () => {
        const key = redisKeys.tries(createHash('sha256').update(name).digest('base64url'));
        const count = await redis.incr(key);
        if (count === 1) await redis.expire(key, HOUR_S);
        return count <= most;
      }),
  };
}
