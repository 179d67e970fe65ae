import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { answerOf, startRedis, type TestRedis } from './redis.ts';
import { waitUntil } from './wait-until.ts';

test('each is a Redis of its own, empty', async () => {
  await using one = await startRedis();
  await using other = await startRedis();
  assert.equal(one.url, `redis://127.0.0.1:${one.port}`);
  assert.notEqual(one.port, other.port);
  assert.equal(await ask(one, 'SET mine yes'), '+OK');
  assert.equal(await ask(other, 'DBSIZE'), ':0');
});

test('comes back with its data on the same port', async () => {
  await using redis = await startRedis();
  await ask(redis, 'SET kept yes');
  await redis.restart();
  assert.equal(await ask(redis, 'STRLEN kept'), ':3');
});

test('comes back empty where it is asked to', async () => {
  await using redis = await startRedis();
  await ask(redis, 'SET kept yes');
  await redis.restart({ empty: true });
  assert.equal(await ask(redis, 'DBSIZE'), ':0');
});

test('is killed, is gone, and comes back', async () => {
  await using redis = await startRedis();
  await redis.kill();
  await assert.rejects(ask(redis, 'PING'), { code: 'ECONNREFUSED' });
  assert.throws(() => redis.pause(), /does not run/);
  await redis.restart();
  assert.equal(await ask(redis, 'PING'), '+PONG');
});

test('is paused: takes connections, answers once it is resumed', async () => {
  await using redis = await startRedis();
  redis.pause();
  let answer: string | undefined;
  ask(redis, 'PING').then((line) => {
    answer = line;
  });
  await once(connect(redis.port, '127.0.0.1').unref(), 'connect');
  assert.equal(answer, undefined);
  redis.resume();
  await waitUntil('the answer', () => answer === '+PONG');
});

test('a paused one can be disposed of', async () => {
  await using redis = await startRedis();
  redis.pause();
});

async function ask(redis: TestRedis, command: string): Promise<string> {
  return (await answerOf(redis, command)).split('\r\n')[0]!;
}
