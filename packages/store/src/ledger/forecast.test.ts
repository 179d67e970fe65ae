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

test('a run on a target that another one has, or of a submitter at the limit, waits for that one to end', async () => {
  await using bed = await openTestbed();
  const store = await bed.open({ rules: { leaseMs: 60_000, perSubmitter: 1 } });
  for (const name of ['n1', 'n2', 'n3']) await joinNode(store, name);
  await bed.raw.hset('marteau:1:durations', project, '60000');
  const targets = ['staging.example.com:443'];
  const of = (id: string) => ({ project, submitter: { kind: 'email', id } });
  await isRunning(store, await enterLine(store, { targets }, of('a')));
  await enterLine(store, { targets }, of('b'));
  await enterLine(store, { targets }, of('c'));
  await enterLine(store, {}, of('a'));
  assert.deepEqual(await expected(store), [60_000, 120_000, 60_000], 'although two nodes are free');
});

test('the cause is named where no worker prepares runs, and nothing is foretold', async () => {
  await using bed = await openTestbed();
  const store = await bed.open({ rules: { leaseMs: 60_000 } });
  const { id } = await store.runs.submit(submission());
  const place = async () => {
    const { waitingFor, expectedMs } = (await store.ledger.places([id])).get(id)!;
    return `${waitingFor} (${expectedMs})`;
  };
  await joinNode(store, 'n1');
  assert.equal(await place(), 'waits for a worker to prepare it (0)');
  await store.nodes.disable('n1');
  assert.equal(await place(), 'waits for a worker to prepare it, and the only one is disabled (null)');
  await store.ledger.pause();
  await joinNode(store, 'load', { roles: ['load'] });
  assert.equal(
    await place(),
    'waits for a worker to prepare it, and the only one is disabled; the queue is paused (null)',
  );
  await store.ledger.resume();
  await store.nodes.enable('n1');
  for (const name of ['n1', 'load']) await store.nodes.disable(name);
  const waiting = await enterLine(store);
  const { waitingFor } = (await store.ledger.places([waiting])).get(waiting)!;
  assert.equal(waitingFor, '1 node wanted, none enabled: 2 are disabled');
});
