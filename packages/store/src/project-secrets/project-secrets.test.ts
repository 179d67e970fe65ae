import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTestbed } from '../fixtures/testbed.ts';

const project = 'pgkc2i5pkzjad';

test('secrets are named and never told, opened where the key is, and survive an emptied Redis and a new key', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const { projectSecrets: secrets } = store;
  await secrets.set(project, 'TOKEN', 's3cret-value');
  await secrets.set(project, 'OTHER', 'another-one');
  await secrets.setGit(project, 'deploy:password');
  assert.deepEqual(
    (await secrets.list(project)).map(({ name }) => name),
    ['OTHER', 'TOKEN'],
  );
  const kept = [
    await readFile(join(bed.dataFolder, 'secrets', `${project}.json`), 'utf8'),
    JSON.stringify(await bed.raw.hgetall('marteau:1:records:secrets')),
  ].join();
  assert.doesNotMatch(kept, /s3cret|another-one|password/);
  await bed.raw.flushall();
  await store.reconcile();
  assert.equal(await secrets.rotate(), 1);
  const opened = { values: { TOKEN: 's3cret-value', OTHER: 'another-one' }, git: 'deploy:password' };
  assert.deepEqual(await secrets.open(project), opened);
  await secrets.remove(project, 'OTHER');
  await secrets.removeGit(project);
  assert.deepEqual(await secrets.open(project), { values: { TOKEN: 's3cret-value' }, git: null });
  assert.deepEqual(await secrets.open('p000000000000'), { values: {}, git: null });
});

test('a name that no variable has, and a value that could not be masked, are refused without repeating it', async () => {
  await using bed = await openTestbed();
  const { projectSecrets: secrets } = await bed.open();
  await assert.rejects(secrets.set(project, '1X', 'long enough'), /has the name of a variable/);
  await assert.rejects(
    secrets.set(project, 'TOKEN', 'abc'),
    (error: Error) => /shorter than 4 characters/.test(error.message) && !error.message.includes('abc'),
  );
});

test('a machine without the key says what to do', async () => {
  await using bed = await openTestbed();
  await using elsewhere = await openTestbed();
  const store = await bed.open();
  await store.projectSecrets.set(project, 'TOKEN', 's3cret-value');
  const node = await bed.open({ dataFolder: elsewhere.dataFolder });
  await assert.rejects(node.projectSecrets.open(project), /cannot be read on this machine.*Copy the file/);
});
