import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import {
  enterLine,
  joinNode,
  lineEntry,
  openTestbed,
  prepare,
  shares,
  stateOf,
  submission,
  type Testbed,
} from '../fixtures/testbed.ts';
import type { NodeSession, ShareLease, Store } from '../index.ts';

const signal = new AbortController().signal;

describe('a run with a node for its app', () => {
  let bed: Testbed;
  let store: Store;
  let nodes: NodeSession[];
  before(async () => {
    bed = await openTestbed();
  });
  after(() => bed[Symbol.asyncDispose]());
  beforeEach(async () => {
    await bed.reset();
    store = await bed.open();
    nodes = await Promise.all(['n1', 'n2', 'n3'].map((name) => joinNode(store, name)));
  });

  const becomes = (id: string, state: string) =>
    waitUntil(`${id} to be ${state}`, async () => {
      await store.reconcile();
      return (await stateOf(store, id)) === state;
    });

  async function allotted(): Promise<{ id: string; generators: ShareLease[]; app: ShareLease }> {
    const id = await enterLine(store, { demand: 3, appNode: true });
    await becomes(id, 'running');
    const leases = await shares(store, id, nodes);
    const { appShare } = (await store.ledger.attempt(id))!;
    assert.equal(appShare, 2);
    return { id, generators: leases.slice(0, 2), app: leases[2]! };
  }
  const start = (leases: readonly ShareLease[]) =>
    Promise.all(leases.map((lease) => store.ledger.ready(lease, signal)));

  test('gets one node more, which the list of nodes names, and its record counts those of the load', async () => {
    const { id } = await allotted();
    assert.equal((await store.runs.get(id))?.nodes, 2);
    assert.deepEqual(
      (await store.nodes.list()).map(({ duty }) => duty),
      ['load', 'load', 'app'],
    );
  });

  test('is refused where there is no node more, with the reason', async () => {
    const { id } = await store.runs.submit(submission());
    const entry = lineEntry({ demand: 4, appNode: true });
    assert.equal(await store.ledger.enterLine(await prepare(store, id), entry), 'refused');
    const { reason } = (await store.runs.get(id))!;
    assert.match(reason!, /asks for 4 nodes \(one of them for its app\), and only 3 are registered/);
  });

  test('hands what it has started to the others, in this attempt and no other', async () => {
    const { id, generators, app } = await allotted();
    const seen = Promise.all(generators.map((lease) => store.ledger.surroundings(lease, signal)));
    assert.equal(await store.ledger.surround(app, { target: 'http://10.0.0.7:80' }), true);
    assert.deepEqual(await seen, [{ target: 'http://10.0.0.7:80' }, { target: 'http://10.0.0.7:80' }]);
    await store.ledger.giveBack(generators[0]!, 'it was late');
    for (const lease of [generators[1]!, app]) await store.ledger.acknowledge(lease);
    await becomes(id, 'running');
    assert.equal(await store.ledger.surround(app, {}), false, 'an old lease says nothing any more');
    const [again] = await shares(store, id, nodes);
    assert.equal(again?.attempt, 2);
    const over = AbortSignal.timeout(300);
    assert.equal(await store.ledger.surroundings(again!, over), null);
  });

  test('keeps its node until all others have ended, also when they are told to stop', async () => {
    const { id, generators, app } = await allotted();
    await start([...generators, app]);
    let hasOutlasted = false;
    const outlasted = store.ledger.outlast(app, signal).then(() => {
      hasOutlasted = true;
    });
    const watch = store.watch(generators[0]!);
    await store.runs.stopAndReport(id);
    await waitUntil('the load to be told', () => watch.stop.aborted);
    await store.ledger.done(generators[0]!);
    await store.ledger.outlast(generators[1]!, AbortSignal.timeout(300));
    assert.equal(hasOutlasted, false);
    await store.ledger.done(generators[1]!);
    await outlasted;
    assert.equal(await stateOf(store, id), 'running');
    await store.ledger.done(app);
    assert.equal(await stateOf(store, id), 'reporting');
    watch.close();
  });

  test('ends its load when the node of the app is lost', async () => {
    const { id, generators, app } = await allotted();
    await start([...generators, app]);
    const watch = store.watch(generators[1]!);
    await store.ledger.abandon(app, 'it was killed');
    await waitUntil('the load to be told', () => watch.stop.aborted);
    await store.ledger.abandon(generators[0]!, 'it was killed, too');
    await store.ledger.done(generators[1]!);
    assert.equal(await stateOf(store, id), 'reporting');
    const record = await store.ledger.attempt(id);
    assert.deepEqual(
      record?.lost.map(({ share }) => share),
      [2, 0],
    );
    watch.close();
  });

  test('is given back whole when the node of the app is lost before the start', async () => {
    const { id, generators, app } = await allotted();
    await store.ledger.abandon(app, 'it was killed');
    for (const lease of generators) await store.ledger.acknowledge(lease);
    await becomes(id, 'running');
    assert.equal((await store.runs.get(id))?.attempt, 2);
  });
});
