import { createHash, randomBytes } from 'node:crypto';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { LONGEST_SESSION_S } from './sessions.ts';

/** A browser in which a person is signed in. */
export interface PersonSession {
  /** The hash of its secret: opens nothing. */
  id: string;
  person: string;
  /** ms since 1970, like the others */
  createdAt: number;
  seenAt: number;
  /** When the person last proved who they are. */
  provedAt: number;
  /** How: `mail`, `passkey`, an issuer. */
  way: string;
  agent: string;
  address: string;
}

/** Sessions of people: in Redis alone, so that they can be listed and ended. An emptied Redis signs everybody out. */
export interface PersonSessions {
  /**
   * @param session `provedAt`: now, unless it was before
   * @returns the secret for the cookie, new at each sign-in
   */
  begin(
    session: Pick<PersonSession, 'person' | 'way' | 'agent' | 'address'> & { provedAt?: number },
  ): Promise<string>;
  /** The session of a cookie, and the version of all rights (see People.version), in one round. */
  look(secret: string): Promise<{ session: PersonSession | null; version: number }>;
  /** The person proved again who they are. */
  prove(id: string): Promise<void>;
  of(person: string): Promise<PersonSession[]>;
  end(person: string, id: string): Promise<void>;
  /** @param but the id of one that stays */
  endAll(person: string, but?: string): Promise<void>;
}

/** Without a request for so long, one has to sign in again. */
const IDLE_S = 14 * 86_400;
/** `seenAt` is no more exact than this. */
const SEEN_MS = 60_000;
const SHAPE = /^[\w-]{43}$/;

export function createPersonSessions({ redis, clock }: Pick<Context, 'redis' | 'clock'>): PersonSessions {
  const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');

  async function end(person: string, id: string): Promise<void> {
    await onRedis(() =>
      redis.multi().del(redisKeys.signedin(id)).zrem(redisKeys.sessionsof(person), id).exec(),
    );
  }

  async function of(person: string): Promise<PersonSession[]> {
    return onRedis(async () => {
      const index = redisKeys.sessionsof(person);
      await redis.zremrangebyscore(index, '-inf', clock.now() - LONGEST_SESSION_S * 1000);
      const ids = await redis.zrevrange(index, 0, -1);
      const found = await Promise.all(
        ids.map(async (id) => readSession(id, await redis.hgetall(redisKeys.signedin(id)))),
      );
      const gone = ids.filter((_, i) => found[i] === null);
      if (gone.length > 0) await redis.zrem(index, ...gone);
      return found.filter((one) => one !== null);
    });
  }

  return {
    async begin({ person, way, agent, address, provedAt = clock.now() }) {
      const secret = randomBytes(32).toString('base64url');
      const [id, now] = [hashOf(secret), clock.now()];
      const fields = {
        person,
        way,
        agent: agent.slice(0, 300),
        address,
        createdAt: now,
        seenAt: now,
        provedAt,
      };
      await onRedis(() =>
        redis
          .multi()
          .hset(redisKeys.signedin(id), fields)
          .expire(redisKeys.signedin(id), IDLE_S)
          .zadd(redisKeys.sessionsof(person), now, id)
          .expire(redisKeys.sessionsof(person), LONGEST_SESSION_S)
          .exec(),
      );
      return secret;
    },
    async look(secret) {
      if (!SHAPE.test(secret)) return { session: null, version: 0 };
      const id = hashOf(secret);
      const [fields, version] = await onRedis(() =>
        Promise.all([redis.hgetall(redisKeys.signedin(id)), redis.get(redisKeys.rights())]),
      );
      const session = readSession(id, fields);
      const now = clock.now();
      if (session === null || now - session.createdAt > LONGEST_SESSION_S * 1000)
        return { session: null, version: Number(version ?? 0) };
      if (now - session.seenAt > SEEN_MS)
        await onRedis(() =>
          redis
            .multi()
            .hset(redisKeys.signedin(id), 'seenAt', now)
            .expire(redisKeys.signedin(id), IDLE_S)
            .exec(),
        );
      return { session, version: Number(version ?? 0) };
    },
    async prove(id) {
      await onRedis(async () => {
        if (await redis.exists(redisKeys.signedin(id)))
          await redis.hset(redisKeys.signedin(id), 'provedAt', clock.now());
      });
    },
    of,
    end,
    async endAll(person, but) {
      for (const { id } of await of(person)) if (id !== but) await end(person, id);
    },
  };
}

function readSession(id: string, fields: Record<string, string>): PersonSession | null {
  const { person, way = '', agent = '', address = '' } = fields;
  if (!person) return null;
  const [createdAt, seenAt, provedAt] = [fields.createdAt, fields.seenAt, fields.provedAt].map(Number);
  return { id, person, way, agent, address, createdAt: createdAt!, seenAt: seenAt!, provedAt: provedAt! };
}
