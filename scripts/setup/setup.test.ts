import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder, isAlive, markProcesses, startApp, waitUntil } from '@marteau/testkit';

const setup = 'scripts/setup.mjs';
const script = 'scripts/setup/fixtures/script.ts';
const running = /running on Node (\d+)\S* as (\d+)/;

test('runs the script with Node 24, in silence, and ends with its exit code', async () => {
  await using app = await startApp(setup, { args: ['--needs', 'redis', '--', script], ready: running });
  assert.ok(Number(running.exec(app.output())?.[1]) >= 24);
  assert.equal(app.output().trimEnd().split('\n').length, 1);
  assert.deepEqual(await app.stop(), { code: 7, signal: null });

  const { status } = spawnSync(process.execPath, [setup, '--', script, 'exit', '42']);
  assert.equal(status, 42);
});

test('a Ctrl-C that comes twice, from the terminal and from npm, reaches the script once', async () => {
  await using app = await startApp(setup, { args: ['--', script], ready: running });
  app.signal('SIGINT');
  await app.said(/got SIGINT/);
  app.signal('SIGINT');
  assert.deepEqual(await app.ended, { code: 7, signal: null });
  assert.equal(app.output().match(/got SIGINT/g)?.length, 1);
});

test('a set-up that is killed takes the script along', {
  skip: !existsSync('/usr/bin/setpriv'),
}, async () => {
  await using mark = markProcesses();
  await using app = await startApp(setup, { args: ['--', script], ready: running, env: mark.env });
  const pid = Number(running.exec(app.output())?.[2]);
  await app.kill();
  await waitUntil('the script to end', () => !isAlive(pid));
});

test('refuses what it does not know, and says how it is used', () => {
  for (const args of [[], ['--needs', 'mysql', '--', script], ['--needs', '--', script], ['--', '']]) {
    const { status, stderr } = spawnSync(process.execPath, [setup, ...args.filter(Boolean)], {
      encoding: 'utf8',
    });
    assert.equal(status, 1, args.join(' '));
    assert.match(stderr, /^Usage: node scripts\/setup\.mjs/);
  }
});

test('a CHROMIUM_PATH that leads nowhere is named', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [setup, '--needs', 'chromium', '--', script, 'exit', '0'],
    {
      encoding: 'utf8',
      env: { ...process.env, CHROMIUM_PATH: '/nowhere/chromium' },
    },
  );
  assert.equal(status, 1);
  assert.match(stderr, /^CHROMIUM_PATH names \/nowhere\/chromium, which is not a program\./);
});

test('waits for another set-up, and takes over from one that died', async () => {
  await using folder = await createTempFolder();
  const lock = join(folder.path, `marteau-setup-${userInfo().uid}.lock`);
  const env = { TMPDIR: folder.path };

  writeFileSync(lock, String(process.pid));
  await using app = await startApp(setup, { args: ['--', script], ready: /waiting for another set-up/, env });
  assert.doesNotMatch(app.output(), running);
  writeFileSync(lock, '4194304'); // Above every process id: nobody's.
  await app.said(running);
  assert.ok(!existsSync(lock));
});
