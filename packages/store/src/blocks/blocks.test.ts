import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTestbed } from '../fixtures/testbed.ts';

const project = 'https://github.com/you/shop';
const what = { project, host: 'shop.example.com', run: 'r1jd3v8k2m0pqrstuvw' };

test('a block is of one project and one host, holds for a day, and is lifted', async () => {
  await using bed = await openTestbed();
  const [store, other] = [await bed.open(), await bed.open({ kind: 'web' })];
  const block = await store.blocks.set(what);
  assert.equal(Date.parse(block.until) - Date.parse(block.at), 86_400_000);
  assert.equal((await other.blocks.find(project, ['a.example.com', what.host]))?.run, what.run);
  assert.equal(await other.blocks.find(project, ['a.example.com']), null);
  assert.equal(await other.blocks.find(`${project}s`, [what.host]), null);
  await store.blocks.set({ ...what, run: 'r2' });
  assert.deepEqual(
    (await other.blocks.list()).map(({ id, run }) => [id, run]),
    [[block.id, 'r2']],
  );
  assert.equal((await other.blocks.lift(block.id))?.run, 'r2');
  assert.equal(await store.blocks.find(project, [what.host]), null);
  assert.equal(await store.blocks.lift(block.id), null);
});

test('another name of the same address is blocked, too, and another project or address is not', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  await store.blocks.set({ ...what, addresses: ['192.0.2.7', '2001:db8::7'] });
  const find = (of: string, address: string) => store.blocks.find(of, ['alias.example.org'], [address]);
  assert.equal((await find(project, '192.0.2.7'))?.host, what.host);
  assert.equal((await find(project, '2001:db8::7'))?.host, what.host);
  assert.equal(await find(project, '192.0.2.8'), null);
  assert.equal(await find(`${project}s`, '192.0.2.7'), null);
});

test('it outlives an emptied Redis, and not its time', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const { id } = await store.blocks.set(what);
  const file = join(bed.dataFolder, 'blocks', `${id}.json`);
  await bed.raw.flushall();
  await store.reconcile();
  assert.equal((await store.blocks.find(project, [what.host]))?.id, id);
  const kept = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...kept, until: '2026-11-21T09:30:00.000Z' }));
  await bed.raw.flushall();
  await store.reconcile();
  assert.equal(await store.blocks.find(project, [what.host]), null);
  assert.deepEqual(await store.blocks.list(), []);
  assert.deepEqual(await readdir(join(bed.dataFolder, 'blocks')), []);
});
