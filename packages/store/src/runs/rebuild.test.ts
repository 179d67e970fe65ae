import assert from 'node:assert/strict';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { ana, joinNode, openTestbed, submission, type Testbed } from '../fixtures/testbed.ts';
import type { Store } from '../index.ts';

const day = 86_400_000;

async function ended(
  store: Store,
  bed: Testbed,
  more: Parameters<typeof submission>[0] = {},
): Promise<string> {
  const { id } = await store.runs.submit(submission(more));
  await store.runs.cancel(id, ana);
  await waitUntil('it to be closed', async () => (await bed.raw.exists(`marteau:1:run:${id}`)) === 0);
  return id;
}

test('an emptied Redis is filled again from the folders; unfinished runs are lost, and the pages can say so', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const node = await joinNode(store, 'n1');
  assert.deepEqual(await store.notices(), { rebuilt: null });
  const ids: string[] = [];
  for (let i = 0; i < 5; i++)
    ids.push(await ended(store, bed, { project: `https://git.example.com/${i % 2}` }));
  await store.runs.pin(ids[1]!, true);
  const before = await Promise.all(ids.map((id) => store.runs.get(id)));
  const [unknown, lost] = [
    await store.runs.submit(submission()),
    await store.runs.submit(submission({ project: 'https://git.example.com/0' })),
  ];
  await store.folders.of(unknown.id).put('shares/1-0.json', '{}');
  await store.runs.trace(lost);
  await store.folders.of(lost.id).put('work/share-1-0.json', '{}');
  await bed.raw.flushall();

  const others = await Promise.all([bed.open(), bed.open({ kind: 'web' })]);
  await Promise.all([store, ...others].map((one) => one.reconcile()));
  await waitUntil('the index', async () => (await bed.raw.exists('marteau:1:index')) === 1);
  assert.deepEqual(await Promise.all(ids.map((id) => store.runs.get(id))), before);
  assert.equal(await store.runs.get(unknown.id), null);
  const told = await store.runs.get(lost.id);
  assert.deepEqual([told?.state, told?.reasonCode], ['error', 'lost-with-redis']);
  assert.match(told?.reason ?? '', /lost its data; before that it was queued/);
  assert.deepEqual(
    (await store.folders.of(lost.id).list()).map(({ name }) => name),
    ['run.json'],
  );
  assert.deepEqual(
    (await store.runs.list({ limit: 10 })).runs.map(({ id }) => id),
    [lost.id, ...ids.toReversed()],
  );
  assert.equal((await store.runs.counts()).cancelled, 5);
  assert.equal((await store.projects.list({ limit: 5 })).projects.length, 3, 'also that of the unknown run');
  assert.deepEqual(await store.runs.pinned(ids), new Set([ids[1]]));
  const { rebuilt } = await store.notices();
  assert.deepEqual([rebuilt?.runs, rebuilt?.lost, rebuilt?.skipped], [5, 1, 1]);
  await waitUntil('the node to register again', async () =>
    (await store.nodes.list()).some(({ name }) => name === node.node),
  );
  assert.equal((await store.runs.submit(submission())).state, 'queued');
});

test('a first start on empty folders is no loss', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  await store.reconcile();
  await waitUntil('the index', async () => (await bed.raw.exists('marteau:1:index')) === 1);
  assert.deepEqual(await store.notices(), { rebuilt: null });
});

test('what is no record of a run is skipped, and named: damaged, newer, foreign, odd', async () => {
  await using bed = await openTestbed();
  const first = await bed.open();
  const id = await ended(first, bed);
  const record = JSON.parse((await first.folders.of(id).text('run.json'))!);
  const put = async (name: string, text: string) => {
    await mkdir(join(bed.dataFolder, 'runs', name), { recursive: true });
    await writeFile(join(bed.dataFolder, 'runs', name, 'run.json'), text);
  };
  await put('r000000000000000001', '{"v":1,"id":');
  await put('r000000000000000002', JSON.stringify({ ...record, id: 'r000000000000000002', v: 3 }));
  await put('r000000000000000003', JSON.stringify(record));
  await put('r000000000000000004', JSON.stringify({ ...record, id: 'r000000000000000004', state: 'eaten' }));
  await put('lost+found', JSON.stringify(record));
  await bed.raw.flushall();
  const store = await bed.open();
  await waitUntil('the index', async () => (await bed.raw.exists('marteau:1:index')) === 1);
  assert.deepEqual(
    (await store.runs.list({ limit: 10 })).runs.map((run) => run.id),
    [id],
  );
  const { rebuilt } = await store.notices();
  assert.equal(rebuilt?.skipped, 4);
  assert.deepEqual(
    rebuilt.unreadable?.toSorted().map((why) => why.slice(0, 64)),
    [
      'The folder r000000000000000003 has no run.json of its run.',
      'run.json of run r000000000000000001 does not fit its schema: Une',
      'run.json of run r000000000000000002 was written by a newer Marte',
      'run.json of run r000000000000000004 does not fit its schema: /st',
    ],
  );
});

test('a record that its file system refuses hides no other, in lists, in a filled index and from retention', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const [readable, refused] = [await ended(store, bed), await ended(store, bed)];
  // As root no file refuses us: the answer is put in its place.
  const of = store.folders.of.bind(store.folders);
  store.folders.of = (run) => ({
    ...of(run),
    text: async (name) => {
      if (run === refused) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      return of(run).text(name);
    },
  });
  const listed = async () => (await store.runs.list({ limit: 10 })).runs.map((run) => run.id);
  assert.deepEqual(await listed(), [readable]);
  await assert.rejects(store.runs.get(refused), { code: 'record-unreadable' });
  await store.retain({ maxAgeMs: 1, maxBytes: null });
  await bed.raw.flushall();
  assert.equal(await store.rebuild(), 0, 'the other is gone by its age');
  const { rebuilt } = await store.notices();
  assert.match(rebuilt!.unreadable![0]!, /^run\.json of run r\w+ cannot be read: EACCES/);
});

test('retention: by age, then by size from the oldest; pinned and unfinished runs stay', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    const id = await ended(store, bed);
    await store.folders.of(id).put('report.html', 'x'.repeat(10_000));
    ids.push(id);
  }
  await store.runs.pin(ids[0]!, true);
  const live = await store.runs.submit(submission());
  assert.deepEqual(await store.retain({ maxAgeMs: day, maxBytes: 10_000_000 }), { removed: [], bytes: 0 });
  const total = [...(await store.folders.sizes()).values()].reduce((a, b) => a + b);
  const bySize = await store.retain({ maxAgeMs: null, maxBytes: total - 15_000 });
  assert.deepEqual(bySize.removed, [ids[1], ids[2]]);
  assert.ok(bySize.bytes > 20_000);
  const byAge = await store.retain({ maxAgeMs: -1000, maxBytes: null });
  assert.deepEqual(byAge.removed, [ids[3], ids[4]]);
  assert.deepEqual(
    (await store.runs.list({ limit: 10 })).runs.map(({ id }) => id),
    [live.id, ids[0]],
  );
  assert.deepEqual(await store.folders.list(), [ids[0]]);
  await store.runs.pin(ids[0]!, false);
  assert.deepEqual((await store.retain({ maxAgeMs: -1000, maxBytes: null })).removed, [ids[0]]);
});

test('a folder whose run nobody knows goes after a day; what is no run is left alone', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  await mkdir(join(bed.dataFolder, 'runs', 'lost+found'), { recursive: true });
  const recent = (await store.runs.submit(submission())).id;
  await store.folders.of(recent).put('a', 'x');
  await store.folders.of('r000000000000000001').put('a', 'x');
  await utimes(join(bed.dataFolder, 'runs/r000000000000000001/a'), 0, 0);
  await store.retain({ maxAgeMs: null, maxBytes: null });
  assert.deepEqual(await store.folders.list(), [recent]);
  assert.deepEqual(await readdir(join(bed.dataFolder, 'runs')), ['lost+found', recent]);
});
