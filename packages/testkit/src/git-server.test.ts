import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGitServer } from './git-server.ts';
import { createTempFolder } from './temp-folder.ts';

async function clone(url: string, into: string): Promise<number> {
  const env = {
    PATH: process.env.PATH,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const [code] = await once(spawn('git', ['clone', '--quiet', url, into], { env, stdio: 'ignore' }), 'exit');
  return code;
}

test('serves what was committed', async () => {
  await using server = await startGitServer();
  await using folder = await createTempFolder();
  const repo = await server.createRepo('shop', { 'a/b.txt': 'hello' });
  const sha = await repo.commit({ 'c.txt': 'more' }, 'Add c');
  assert.match(sha, /^[0-9a-f]{40}$/);
  assert.equal(await clone(repo.url, join(folder.path, 'copy')), 0);
  assert.equal(await readFile(join(folder.path, 'copy/a/b.txt'), 'utf8'), 'hello');
  assert.ok(server.requests.some(({ url }) => url.startsWith('/shop.git/info/refs')));
  assert.equal(await clone(`${server.url}/nothing.git`, join(folder.path, 'nothing')), 128);
});

test('refuses who is not known', async () => {
  await using server = await startGitServer({ auth: { user: 'ada', password: 'secret' } });
  await using folder = await createTempFolder();
  const repo = await server.createRepo('shop', { 'a.txt': 'hello' });
  assert.equal(await clone(repo.url, join(folder.path, 'no')), 128);
  assert.equal(await clone(repo.url.replace('//', '//ada:secret@'), join(folder.path, 'yes')), 0);
});
