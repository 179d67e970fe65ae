import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApp } from './app-process.ts';
import { markProcesses } from './process-mark.ts';
import { isAlive } from './process-tree.ts';

const script = 'packages/testkit/src/fixtures/app.ts';

test('starts with an environment, is reached where it says it listens, and stops', async () => {
  await using app = await startApp(script, { env: { GREETING: 'hello' } });
  assert.match(app.url ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(await (await fetch(app.url ?? '')).text(), 'hello');
  assert.deepEqual(await app.stop(), { code: 3, signal: null });
  assert.ok(!isAlive(app.pid));
});

test('is killed', async () => {
  await using app = await startApp(script);
  assert.deepEqual(await app.kill(), { code: null, signal: 'SIGKILL' });
});

test('a start that fails says what the program said', async () => {
  await assert.rejects(
    startApp(script, { args: ['broken'] }),
    /ended without saying .*REDIS_URL is not a URL/s,
  );
});

test('a program that never gets ready is killed after the deadline', async () => {
  await using mark = markProcesses();
  const start = startApp(script, { ready: /never said/, deadlineMs: 500, args: ['deaf'], env: mark.env });
  await assert.rejects(start, /did not say in time/);
  assert.deepEqual(mark.alive(), []);
});
