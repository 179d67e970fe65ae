import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder, startS3Server, waitUntil } from '@marteau/testkit';
import { adminOn } from '../fixtures/admin-on.ts';
import { putRun, runId } from '../fixtures/ended-runs.ts';

const script = join(import.meta.dirname, '../../../../scripts/admin.ts');

test('one that is killed in the middle leaves the former back-up whole, and the next one is whole', async () => {
  await using temp = await createTempFolder();
  const [data, place] = [join(temp.path, 'data'), join(temp.path, 'back-up')];
  await putRun(data, 1);
  await adminOn({ MARTEAU_DATA: data }, ['backup', place]);
  // What cannot be compressed takes its time.
  for (let n = 2; n < 5; n++) {
    await putRun(data, n);
    await writeFile(join(data, 'runs', runId(n), 'tape.bin'), randomBytes(16e6));
  }
  await killedIn(['backup', place], data, () => isBeingWritten(place));
  const restored = join(temp.path, 'restored');
  const told = await adminOn({ MARTEAU_DATA: restored }, ['restore', place]);
  assert.equal(told.code, 0, told.said);
  assert.deepEqual(await readdir(join(restored, 'runs')), [runId(1)]);

  await adminOn({ MARTEAU_DATA: data }, ['backup', place]);
  const verified = await adminOn({ MARTEAU_DATA: data }, ['verify', place]);
  assert.equal(verified.code, 0, verified.said);
  await rm(restored, { recursive: true });
  await killedIn(['restore', place], restored, () => isBeingWritten(restored));
  const again = await adminOn({ MARTEAU_DATA: restored }, ['restore', place]);
  assert.equal(again.code, 0, again.said);
  assert.deepEqual((await readdir(join(restored, 'runs'))).sort(), [1, 2, 3, 4].map(runId));
});

test('a bucket takes back-ups as a folder does', async () => {
  await using temp = await createTempFolder();
  await using server = await startS3Server();
  Object.assign(process.env, server.env);
  const data = join(temp.path, 'data');
  const place = `s3://${server.bucket}/back-up?region=us-east-1&endpoint=${encodeURIComponent(server.endpoint)}`;
  await putRun(data, 1);
  const first = await adminOn({ MARTEAU_DATA: data }, ['backup', place]);
  assert.equal(first.code, 0, first.said);
  await putRun(data, 2);
  const second = await adminOn({ MARTEAU_DATA: data }, ['backup', place]);
  assert.match(second.said, /8 files .* 4 files of them new/);
  const restored = join(temp.path, 'restored');
  const told = await adminOn({ MARTEAU_DATA: restored }, ['restore', place]);
  assert.equal(told.code, 0, told.said);
  assert.deepEqual((await readdir(join(restored, 'runs'))).sort(), [runId(1), runId(2)]);
  assert.match(
    (await adminOn({ MARTEAU_DATA: data }, ['verify', place])).said,
    /is whole\.\nThe back-up .* is whole/,
  );
  const missing = place.replace(server.bucket, 'nobody-has-it');
  const refused = await adminOn({ MARTEAU_DATA: data }, ['backup', missing]);
  assert.equal(refused.code, 1);
  assert.match(refused.said, /There is no bucket "nobody-has-it"/);
});

async function isBeingWritten(folder: string): Promise<boolean> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.some((name) => name.includes('.writing-'));
}

/** Starts a command in a process of its own, and kills it once something is so. */
async function killedIn(argv: string[], data: string, until: () => Promise<boolean>): Promise<void> {
  const env = { ...process.env, MARTEAU_DATA: data };
  const child = spawn(process.execPath, [script, ...argv], { env, stdio: 'ignore' });
  const exited = once(child, 'exit');
  await waitUntil('it to write', until);
  child.kill('SIGKILL');
  assert.deepEqual(await exited, [null, 'SIGKILL']);
}
