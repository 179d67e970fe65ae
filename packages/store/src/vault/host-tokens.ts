import type { Context } from '../context.ts';
import type { Role } from '../people/person.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { LONGEST_SESSION_S } from '../sessions/sessions.ts';
import type { Vault } from './vault.ts';

/** What a git host said of a person's repositories, and when. */
export interface HostRoles {
  /** ms since 1970 */
  at: number;
  /** Role by id of the project. */
  roles: Record<string, Role>;
}

/**
 * Tokens by which git hosts are asked in a person's name, sealed, and what they said. In Redis alone: after it was
 * emptied one signs in again.
 */
export interface HostTokens {
  keep(person: string, provider: string, token: string): Promise<void>;
  /** @throws 'sealed-elsewhere' */
  get(person: string, provider: string): Promise<string | null>;
  /** The token and what was learnt by it. */
  drop(person: string, provider: string): Promise<void>;
  /** What was said last, by provider. */
  said(person: string): Promise<Map<string, HostRoles>>;
  say(person: string, provider: string, said: HostRoles): Promise<void>;
  /** The providers whose tokens are kept. */
  of(person: string): Promise<string[]>;
}

export function createHostTokens({ redis }: Pick<Context, 'redis'>, vault: Vault): HostTokens {
  const about = (person: string, provider: string) => `token ${person} ${provider}`;
  return {
    async keep(person, provider, token) {
      const sealed = await vault.seal(token, about(person, provider));
      const key = redisKeys.hosttokens(person);
      await onRedis(() => redis.multi().hset(key, provider, sealed).expire(key, LONGEST_SESSION_S).exec());
    },
    async get(person, provider) {
      const sealed = await onRedis(() => redis.hget(redisKeys.hosttokens(person), provider));
      return sealed === null ? null : vault.open(sealed, about(person, provider));
    },
    drop: (person, provider) =>
      onRedis(async () => {
        await redis.hdel(redisKeys.hosttokens(person), provider);
        await redis.hdel(redisKeys.hostroles(person), provider);
        await redis.incr(redisKeys.rights());
      }),
    said: (person) =>
      onRedis(async () => {
        const all = Object.entries(await redis.hgetall(redisKeys.hostroles(person)));
        return new Map(all.map(([provider, json]) => [provider, JSON.parse(json) as HostRoles]));
      }),
    say: (person, provider, said) =>
      onRedis(async () => {
        const key = redisKeys.hostroles(person);
        await redis.hset(key, provider, JSON.stringify(said));
        await redis.expire(key, LONGEST_SESSION_S);
      }),
    of: (person) => onRedis(() => redis.hkeys(redisKeys.hosttokens(person))),
  };
}
