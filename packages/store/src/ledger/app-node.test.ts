import assert from 'node:assert/strict';
import { waitUntil } from '@marteau/testkit';
import { describeLedger } from '../fixtures/describe-ledger.ts';
import {
  allotted,
  becomes,
  joinNodes,
  lineEntry,
  prepare,
  shares,
  signal,
  start,
  stateOf,
  submission,
} from '../fixtures/testbed.ts';
import type { Store } from '../index.ts';

async function withApp(store: Store) {
  const nodes = await joinNodes(store, 'n1', 'n2', 'n3');
  const { id, leases } = await allotted(store, nodes, { demand: 3, appNode: true });
  const { appShare } = (await store.ledger.attempt(id))!;
  assert.equal(appShare, 2);
  return { id, nodes, generators: leases.slice(0, 2), app: leases[2]! };
}

describeLedger('a run with a node for its app', {}, (test) => {
  test('gets one node more, which the list of nodes names, and its record counts those of the load', async ({
    store,
  }) => {
    const { id } = await withApp(store);
    assert.equal((await store.runs.get(id))?.nodes, 2);
    assert.deepEqual(
      (await store.nodes.list()).map(({ duty }) => duty),
      ['load', 'load', 'app'],
    );
  });

  test('is refused where there is no node more, with the reason', async ({ store }) => {
    await joinNodes(store, 'n1', 'n2', 'n3');
    const { id } = await store.runs.submit(submission());
    const entry = lineEntry({ demand: 4, appNode: true });
    assert.equal(await store.ledger.enterLine(await prepare(store, id), entry), 'refused');
    const { reason } = (await store.runs.get(id))!;
    assert.match(reason!, /asks for 4 nodes \(one of them for its app\), and only 3 are registered/);
  });

  test('hands what it has started to the others, in this attempt and no other', async ({ store }) => {
    const { id, nodes, generators, app } = await withApp(store);
    const seen = Promise.all(generators.map((lease) => store.ledger.surroundings(lease, signal)));
    assert.equal(await store.ledger.surround(app, { target: 'http://10.0.0.7:80' }), true);
    assert.deepEqual(await seen, [{ target: 'http://10.0.0.7:80' }, { target: 'http://10.0.0.7:80' }]);
    await store.ledger.giveBack(generators[0]!, 'it was late');
    for (const lease of [generators[1]!, app]) await store.ledger.acknowledge(lease);
    await becomes(store, id, 'running');
    assert.equal(await store.ledger.surround(app, {}), false, 'an old lease says nothing any more');
    const [again] = await shares(store, id, nodes);
    assert.equal(again?.attempt, 2);
    const over = AbortSignal.timeout(300);
    assert.equal(await store.ledger.surroundings(again!, over), null);
  });

  test('keeps its node until all others have ended, also when they are told to stop', async ({ store }) => {
    const { id, generators, app } = await withApp(store);
    await start(store, [...generators, app]);
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

  test('ends its load when the node of the app is lost', async ({ store }) => {
    const { id, generators, app } = await withApp(store);
    await start(store, [...generators, app]);
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

  test('is given back whole when the node of the app is lost before the start', async ({ store }) => {
    const { id, generators, app } = await withApp(store);
    await store.ledger.abandon(app, 'it was killed');
    for (const lease of generators) await store.ledger.acknowledge(lease);
    await becomes(store, id, 'running');
    assert.equal((await store.runs.get(id))?.attempt, 2);
  });
});
