import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** Browsers that are signed in, by an id that nobody can guess. Redis keeps its hash. */
export interface Sessions {
  begin(id: string): Promise<void>;
  isOpen(id: string): Promise<boolean>;
  end(id: string): Promise<void>;
}

/** Seconds after which one has to sign in again. */
export const LONGEST_SESSION_S = 90 * 86_400;

export function createSessions(redis: Redis): Sessions {
  const keyOf = (id: string) => redisKeys.session(createHash('sha256').update(id).digest('base64url'));
  return {
    begin: (id) => onRedis(async () => void (await redis.set(keyOf(id), '1', 'EX', LONGEST_SESSION_S))),
    isOpen: (id) => onRedis(async () => (await redis.exists(keyOf(id))) === 1),
    end: (id) => onRedis(async () => void (await redis.del(keyOf(id)))),
  };
}
