import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRedis } from '@marteau/testkit';
import { Redis } from 'ioredis';
import type { Clock } from '../redis/clock.ts';
import { createPersonSessions } from './person-sessions.ts';

const DAY_MS = 86_400_000;

test('a session ends by its age, and each visit is written down at most once a minute', async () => {
  await using server = await startRedis();
  const redis = new Redis(server.url);
  try {
    let now = Date.now();
    const sessions = createPersonSessions({ redis, clock: { now: () => now } as Clock });
    const person = 'u000000000000';
    const secret = await sessions.begin({ person, way: 'mail', agent: 'Firefox', address: '' });
    const begun = now;
    now += 30_000;
    await sessions.look(secret);
    assert.equal((await sessions.of(person))[0]?.seenAt, begun);
    now += 40_000;
    await sessions.look(secret);
    const [one] = await sessions.of(person);
    assert.equal(one?.seenAt, now);
    // Redis ends it where nobody comes.
    const idle = await redis.ttl(`marteau:1:signedin:${one?.id}`);
    assert.ok(idle > 13 * 86_400 && idle <= 14 * 86_400, String(idle));
    await sessions.prove(one!.id);
    assert.equal((await sessions.look(secret)).session?.provedAt, now);
    now = begun + 91 * DAY_MS;
    assert.equal((await sessions.look(secret)).session, null);
    assert.deepEqual(await sessions.of(person), []);
  } finally {
    redis.disconnect();
  }
});
