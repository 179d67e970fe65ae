import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { openS3Bed } from '../../fixtures/places.ts';
import { openBucket } from './bucket.ts';
import { createS3Folders } from './s3-folders.ts';
import { createS3Trees } from './s3-trees.ts';

const id = 'r1m7y5zas7ebjfdxnyv';
const megabytes = function* (count: number) {
  for (let n = 0; n < count; n++) yield Buffer.alloc(1_048_576, n);
};

test('a large upload that breaks off leaves neither the file nor parts of it', async () => {
  await using bed = await openS3Bed();
  async function* half() {
    yield* megabytes(12);
    throw new Error('the source broke');
  }
  await assert.rejects(bed.folders.of(id).put('big', Readable.from(half())), /^Error: the source broke$/);
  assert.deepEqual(await bed.folders.list(), []);
  const client = new S3Client({ region: 'us-east-1', endpoint: bed.address.endpoint!, forcePathStyle: true });
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bed.address.bucket }));
  client.destroy();
  assert.deepEqual(Uploads, []);
});

test('everything lies below the prefix, and other prefixes of the bucket are another installation', async () => {
  await using bed = await openS3Bed();
  const whole = openBucket({ ...bed.address, prefix: '' });
  await bed.folders.of(id).put('run.json', '{}');
  const { tree } = await bed.trees.put(Readable.from([Buffer.from('hello')]));
  const keys: string[] = [];
  for await (const { key } of whole.list('')) keys.push(key);
  assert.deepEqual(keys, [`team/load/runs/${id}/run.json`, `team/load/trees/${tree}`]);
  assert.deepEqual(await createS3Folders(whole).list(), []);
  whole.close();
});

test('more than a page is listed whole', async () => {
  await using bed = await openS3Bed();
  const folder = bed.folders.of(id);
  const names = Array.from({ length: 1005 }, (_, n) => `f${String(n).padStart(4, '0')}`);
  for (let n = 0; n < names.length; n += 50)
    await Promise.all(names.slice(n, n + 50).map((name) => folder.put(name, 'x')));
  assert.deepEqual(
    (await folder.list()).map(({ name }) => name),
    names,
  );
  await bed.folders.remove(id);
  assert.deepEqual(await folder.list(), []);
});

test('damage to a tree is noticed by who reads', async () => {
  await using bed = await openS3Bed();
  const { tree } = await bed.trees.put(Readable.from([Buffer.from('hello')]));
  await bed.bucket.put(`trees/${tree}`, 'hellO');
  await assert.rejects(buffer((await bed.trees.get(tree))!), { code: 'tree-damaged' });
});

test('a tree that was used just now is read without being made as new', async () => {
  await using bed = await openS3Bed();
  const { tree } = await bed.trees.put(Readable.from([Buffer.from('hello')]));
  const usedAt = async () => (await bed.bucket.head(`trees/${tree}`))!.modifiedAt.getTime();
  const put = await usedAt();
  await buffer((await createS3Trees(bed.bucket).get(tree))!);
  assert.equal(await usedAt(), put);
});

test('what a crash left of an archive on its way expires', async () => {
  await using bed = await openS3Bed();
  await bed.bucket.put('trees/incoming-1', 'half of it');
  bed.pass(3_600_000);
  assert.deepEqual(await bed.trees.expire({ maxAgeMs: 1000, maxBytes: 1000 }), { removed: 1, bytes: 10 });
});
