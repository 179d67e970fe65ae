import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';

const program = (then: string) => `
import { writeTrustFiles } from ${JSON.stringify(new URL('./trust-files.ts', import.meta.url).href)};
const files = await writeTrustFiles({ cert: 'cert', bundle: 'bundle' });
console.log(files.cert);
${then}`;

/** Writes trust files in a process of its own. */
async function start(temp: string, then: string) {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program(then)], {
    env: { ...process.env, TMPDIR: temp },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const folder = dirname(String((await once(child.stdout, 'data'))[0]).trim());
  const kill = async () => {
    child.kill('SIGKILL');
    await exit;
  };
  return { folder, kill, exit };
}

test('what a recorder left that was killed goes with a later one, and what others use stays', async () => {
  await using temp = await createTempFolder();
  const killed = await start(temp.path, 'setInterval(() => {}, 1000);');
  const alive = await start(temp.path, 'setInterval(() => {}, 1000);');
  await killed.kill();
  assert.equal(existsSync(killed.folder), true);
  const twoHoursAgo = new Date(Date.now() - 2 * 3_600_000);
  await utimes(killed.folder, twoHoursAgo, twoHoursAgo);
  const next = await start(temp.path, 'await files[Symbol.asyncDispose]();');
  await next.exit;
  assert.equal(existsSync(killed.folder), false);
  assert.equal(existsSync(alive.folder), true);
  assert.equal(existsSync(next.folder), false);
  await alive.kill();
});
