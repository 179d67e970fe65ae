import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { enterLine, joinNode, openTestbed, stateOf, submission } from '../fixtures/testbed.ts';
import type { Store } from '../index.ts';

const project = 'https://git.example.com/slow';
const expected = async (store: Store) => (await store.ledger.line(10)).map(({ expectedMs }) => expectedMs);
const isRunning = (store: Store, id: string) =>
  waitUntil('it to run', async () => {
    await store.reconcile();
    return (await stateOf(store, id)) === 'running';
  });

test('about how long a run waits, from how long runs of the same projects took', async () => {
  await using bed = await openTestbed();
  const store = await bed.open({ rules: { leaseMs: 60_000 } });
  await joinNode(store, 'n1');
  await joinNode(store, 'n2');
  const ids = [];
  for (let i = 0; i < 4; i++) ids.push(await enterLine(store, { demand: 2 }, { project }));
  await isRunning(store, ids[0]!);
  assert.deepEqual(await expected(store), [null, null, null], 'nothing is known of this project');
  await bed.raw.hset('marteau:1:durations', project, '60000');
  assert.deepEqual(await expected(store), [60_000, 120_000, 180_000], 'each takes both nodes for a minute');
  await store.runs.submit(submission({ project: 'https://git.example.com/new' }));
  assert.equal((await expected(store)).at(-1), 240_000);
  await joinNode(store, 'desk', { roles: ['desk'] });
  assert.equal((await expected(store)).at(-1), 240_000, 'one that only prepares works nothing off');

  await store.ledger.pause();
  assert.deepEqual((await expected(store)).slice(0, 3), [null, null, null], 'nobody knows when it goes on');
});

test('a run waits until as many nodes as it asks for are free at once', async () => {
  await using bed = await openTestbed();
  const store = await bed.open({ rules: { leaseMs: 60_000, overtakeMs: 60_000 } });
  for (const name of ['n1', 'n2', 'n3']) await joinNode(store, name);
  await bed.raw.hset('marteau:1:durations', project, '60000');
  await isRunning(store, await enterLine(store, { demand: 1 }, { project }));
  await enterLine(store, { demand: 3 }, { project });
  await enterLine(store, { demand: 1 }, { project });
  assert.deepEqual(await expected(store), [60_000, 120_000]);
  await store.nodes.disable('n3');
  assert.deepEqual(await expected(store), [null, 120_000], 'no run that ends brings the third node');
});
