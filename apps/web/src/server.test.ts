import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createTempFolder, startApp, startRedis, waitUntil } from '@marteau/testkit';

const script = fileURLToPath(new URL('./server.ts', import.meta.url));

test('the process says where it listens, and ends in good order with streams open', async () => {
  await using redis = await startRedis();
  await using folder = await createTempFolder();
  await using app = await startApp('apps/web/src/server.ts', {
    env: { PORT: '0', REDIS_URL: redis.url, MARTEAU_DATA: folder.path, MARTEAU_ALLOW_PRIVATE: '1' },
    ready: /^listening on http:\/\/127\.0\.0\.1:\d+\n/m,
  });
  const submitted = await fetch(`${app.url}/api/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ repo: 'https://127.0.0.1/a/b' }),
  });
  const { id } = (await submitted.json()) as { id: string };
  const stream = await fetch(`${app.url}/api/v1/runs/${id}/events`);
  const reading = stream.text().catch(() => 'cut');
  const { code } = await app.stop();
  assert.equal(code, 0, app.output());
  await reading;
});

test('it starts without Redis, says so, and works once Redis is there', async () => {
  await using redis = await startRedis();
  await using folder = await createTempFolder();
  await redis.kill();
  await using app = await startApp('apps/web/src/server.ts', {
    env: { PORT: '0', REDIS_URL: redis.url, MARTEAU_DATA: folder.path },
  });
  const page = await fetch(app.url!, { headers: { accept: 'text/html' } });
  assert.equal(page.status, 503);
  assert.match(await page.text(), /check that Redis runs/);
  await redis.restart();
  await waitUntil('the page', async () => (await fetch(app.url!)).status === 200);
});

test('what a read leaves whose process is killed is gone with the next start', async () => {
  await using redis = await startRedis();
  await using folder = await createTempFolder();
  await using temp = await createTempFolder();
  const silent = createServer(() => {});
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const env = {
    PORT: '0',
    REDIS_URL: redis.url,
    MARTEAU_DATA: folder.path,
    MARTEAU_ALLOW_PRIVATE: '1',
    TMPDIR: temp.path,
  };
  const reads = async () => (await readdir(temp.path)).filter((name) => name.startsWith('marteau-read-'));
  try {
    const app = await startApp('apps/web/src/server.ts', { env });
    const { port } = silent.address() as AddressInfo;
    const look = fetch(`${app.url}/api/v1/look`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ repo: `http://127.0.0.1:${port}/team/shop.git` }),
    }).catch(() => null);
    await waitUntil('the read to begin', async () => (await reads()).length === 1);
    await app.kill();
    await look;
    assert.equal((await reads()).length, 1);
    await using _again = await startApp('apps/web/src/server.ts', { env });
    assert.deepEqual(await reads(), []);
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

test('a wrong setting stops it with one sentence and exit code 78', () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [script], {
    env: { PATH: process.env.PATH, PORT: 'x' },
    encoding: 'utf8',
  });
  assert.equal(status, 78);
  assert.equal(stderr, 'PORT is "x"; it takes a number from 0 to 65535.\n');
  assert.equal(stdout, '');
});

test('a port that is taken is named', async () => {
  await using redis = await startRedis();
  await using folder = await createTempFolder();
  const env = { REDIS_URL: redis.url, MARTEAU_DATA: folder.path };
  await using app = await startApp('apps/web/src/server.ts', { env: { ...env, PORT: '0' } });
  const { port } = new URL(app.url!);
  const { status, stderr } = spawnSync(process.execPath, [script], {
    env: { PATH: process.env.PATH, ...env, PORT: port, MARTEAU_LOG: 'silent' },
    encoding: 'utf8',
  });
  assert.equal(status, 78);
  assert.equal(stderr, `Port ${port} of 127.0.0.1 is taken by another program. Set PORT to a free one.\n`);
});
