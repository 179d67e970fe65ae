import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { strongestSandbox } from '@marteau/launch';
import {
  type AppProcess,
  createTempFolder,
  descendantsOf,
  freePort,
  markProcesses,
  startApp,
  waitUntil,
} from '@marteau/testkit';

async function start(data: string, env: Record<string, string>, args: string[] = []): Promise<AppProcess> {
  return startApp('scripts/start.ts', {
    args,
    env: { MARTEAU_DATA: data, REDIS_URL: undefined, PORT: '0', ...env },
    ready: /Marteau is listening/,
  });
}

describe('npm start', () => {
  test('serves with N workers, and leaves nothing when it is asked to end', async () => {
    await using folder = await createTempFolder();
    await using mark = markProcesses();
    await using app = await start(folder.path, mark.env, ['--nodes', '2']);
    const answer = await fetch(`${app.url}/api/v1/nodes`);
    const { nodes } = (await answer.json()) as { nodes: unknown[] };
    assert.equal(nodes.length, 2);
    app.signal('SIGTERM');
    const end = await app.ended;
    assert.deepEqual(end, { code: 0, signal: null });
    assert.match(app.output(), /Marteau has ended/);
    await mark.assertNoneLeft();
  });

  test('ends with npm, which is asked to end and tells its script nothing', async () => {
    await using folder = await createTempFolder();
    await using mark = markProcesses();
    const root = join(import.meta.dirname, '..');
    const env = { ...process.env, ...mark.env, MARTEAU_DATA: folder.path, PORT: '0' };
    const npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    npm.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await waitUntil('the service', () => /Marteau is listening/.test(said), { deadlineMs: 60_000 });
    npm.kill('SIGTERM');
    await waitUntil('its end', () => /Marteau has ended/.test(said), { deadlineMs: 30_000 });
    await mark.assertNoneLeft();
  });

  test('starts a worker again that died, and says so', async () => {
    await using folder = await createTempFolder();
    await using mark = markProcesses();
    await using app = await start(folder.path, mark.env);
    const worker = descendantsOf(app.pid).find(({ command }) => /worker\/src\/main\.ts/.test(command))!;
    process.kill(worker.pid, 'SIGKILL');
    await app.said(/worker-1 was killed by SIGKILL\. It is started again in 1 s\./);
    await waitUntil('another worker', () =>
      descendantsOf(app.pid).some(({ pid, command }) => pid !== worker.pid && /worker\/src/.test(command)),
    );
  });

  test('starts its Redis again that died, with all that was in it', async () => {
    await using folder = await createTempFolder();
    await using mark = markProcesses();
    await using app = await start(folder.path, mark.env);
    const redis = descendantsOf(app.pid).find(({ command }) => /^\S*(redis|valkey)-server /.test(command))!;
    process.kill(redis.pid, 'SIGKILL');
    await app.said(/is started again in 1 s/);
    await waitUntil('the web to be ready again', async () => (await fetch(`${app.url}/readyz`)).ok);
  });

  test('ends everything when it is killed itself', async () => {
    await using folder = await createTempFolder();
    await using mark = markProcesses();
    const app = await start(folder.path, mark.env);
    await app.kill();
    if (!strongestSandbox().isSealed) {
      // Without namespaces its Redis lives on, until the next start.
      await using next = await start(folder.path, mark.env);
      await next.stop();
    }
    await mark.assertNoneLeft(30_000);
  });

  test('refuses a second one on the same data folder', async () => {
    await using folder = await createTempFolder();
    await using mark = markProcesses();
    await using _first = await start(folder.path, mark.env);
    await assert.rejects(start(folder.path, mark.env), /Marteau already runs on .*Stop that one/s);
  });

  test('says that the port is taken, and ends', async () => {
    await using folder = await createTempFolder();
    await using mark = markProcesses();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const second = start(folder.path, { ...mark.env, PORT: String(port) });
    await assert.rejects(second, /Port \d+ of 127\.0\.0\.1 is taken/).finally(() => server.close());
    await mark.assertNoneLeft();
  });

  test('does not start with a wrong environment, and says what is wrong with it', async () => {
    await using folder = await createTempFolder();
    await using mark = markProcesses();
    const env = { ...mark.env, SMTP_URL: 'smtp://127.0.0.1', PORT: String(await freePort()) };
    await assert.rejects(start(folder.path, env), /SMTP_URL is set and MARTEAU_URL is not/);
    await assert.rejects(start(folder.path, mark.env, ['--nodes', 'two']), /--nodes takes a whole number/);
  });
});
