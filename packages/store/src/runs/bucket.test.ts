import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { openS3Bed } from '../fixtures/places.ts';
import { ana, joinNode, openTestbed, submission } from '../fixtures/testbed.ts';

test('with a bucket, runs end in it, Redis is filled again from it, and retention removes from it', async () => {
  await using s3 = await openS3Bed();
  await using bed = await openTestbed();
  const store = await bed.open({ bucket: s3.address });
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) {
    const { id } = await store.runs.submit(submission());
    await store.folders.of(id).put('report.html', 'x'.repeat(1000));
    await store.runs.cancel(id, ana);
    await waitUntil('it to be closed', async () => (await bed.raw.exists(`marteau:1:run:${id}`)) === 0);
    ids.push(id);
  }
  await store.runs.pin(ids[0]!, true);
  const before = await Promise.all(ids.map((id) => store.runs.get(id)));
  assert.deepEqual(await s3.folders.list(), ids);
  assert.equal((await readdir(bed.dataFolder)).includes('runs'), false);
  await bed.raw.flushall();

  const other = await bed.open({ bucket: s3.address, kind: 'web' });
  await waitUntil('the index', async () => (await bed.raw.exists('marteau:1:index')) === 1);
  assert.deepEqual(await Promise.all(ids.map((id) => other.runs.get(id))), before);
  assert.equal((await other.notices()).rebuilt?.runs, 3);

  await joinNode(store, 'n1');
  await assert.rejects(joinNode(await bed.open(), 'n2'), {
    code: 'folders-elsewhere',
    message: /keeps runs in the folder .*, and the server in s3:\/\//,
  });

  const { removed, bytes } = await store.retain({ maxAgeMs: -1000, maxBytes: null });
  assert.deepEqual(removed, ids.slice(1));
  assert.ok(bytes > 2000);
  assert.deepEqual(await s3.folders.list(), [ids[0]]);
});

test('a bucket that is not there keeps the store from opening', async () => {
  await using s3 = await openS3Bed();
  await using bed = await openTestbed();
  await assert.rejects(bed.open({ bucket: { ...s3.address, bucket: 'gone' } }), { code: 'bucket-missing' });
});
