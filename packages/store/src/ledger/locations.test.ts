import assert from 'node:assert/strict';
import { describeLedger, longLeases } from '../fixtures/describe-ledger.ts';
import { enterLine, isRunning, joinNode, joinNodes, stateOf } from '../fixtures/testbed.ts';
import type { Store } from '../index.ts';

const eu = { region: 'eu' };
const both = { region: 'eu', disk: 'ssd' };
const twoPlaces = {
  demand: 3,
  locations: [
    { nodes: 2, labels: eu },
    { nodes: 1, labels: {} },
  ],
};

const nodesOf = async (store: Store, id: string) => (await store.ledger.attempt(id))?.nodes;
const says = async (store: Store, id: string) => (await store.ledger.places([id])).get(id)?.waitingFor;

describeLedger('a run of several locations', longLeases, (test) => {
  test('gets nodes of each, all at once, in the order of its shares', async ({ store }) => {
    // The one without labels would take n1 or n2 if it came first.
    for (const name of ['n1', 'n2']) await joinNode(store, name, { labels: eu });
    await joinNodes(store, 'n3');
    const id = await enterLine(store, { ...twoPlaces, locations: twoPlaces.locations.toReversed() });
    await isRunning(store, id);
    assert.deepEqual(await nodesOf(store, id), ['n3', 'n1', 'n2']);
  });

  test('waits for the scarcest of them, says so, and leaves what it cannot use to others', async ({
    open,
  }) => {
    // Nobody is overtaken while this is looked at.
    const store = await open({ overtakeMs: 600_000, unmetMs: 600_000 });
    for (const name of ['n1', 'n2']) await joinNode(store, name, { labels: eu });
    await joinNodes(store, 'n3', 'n4');
    await store.nodes.disable('n2');
    const id = await enterLine(store, twoPlaces);
    await store.reconcile();
    assert.equal(await says(store, id), '2 nodes with region=eu wanted, 1 enabled: 1 is disabled');
    const small = await enterLine(store);
    await isRunning(store, small);
    assert.deepEqual(await nodesOf(store, small), ['n4'], 'n1 and n3 are kept for the one ahead');
    await store.nodes.enable('n2');
    await isRunning(store, id);
    assert.deepEqual(await nodesOf(store, id), ['n1', 'n2', 'n3']);
  });

  test('a node that suits several goes where others do not', async ({ store }) => {
    await joinNode(store, 'n1', { labels: both });
    await joinNode(store, 'n2', { labels: eu });
    const locations = [
      { nodes: 1, labels: eu },
      { nodes: 1, labels: { disk: 'ssd' } },
    ];
    const id = await enterLine(store, { demand: 2, locations });
    await isRunning(store, id);
    assert.deepEqual(await nodesOf(store, id), ['n2', 'n1']);
  });

  test('is refused where one location has too few, or all together are too many', async ({ store, open }) => {
    await joinNode(store, 'n1', { labels: eu });
    await joinNodes(store, 'n2');
    await assert.rejects(enterLine(store, twoPlaces), /was refused/);
    const [{ reason } = { reason: '' }] = (await store.runs.list({ limit: 1 })).runs;
    assert.match(reason ?? '', /asks for 2 nodes with region=eu, and only one is registered/);
    const elastic = await open({ nodesMax: 2 });
    await assert.rejects(enterLine(elastic, twoPlaces), /was refused/);
    const able = await open({ nodesMax: 3 });
    const id = await enterLine(able, twoPlaces);
    assert.equal(await stateOf(store, id), 'waiting');
    const sets = await able.ledger.scale();
    assert.deepEqual(
      sets.map(({ labels, wanted, waiting }) => [labels, wanted, waiting]),
      [
        [{}, 1, 1],
        [eu, 2, 1],
      ],
    );
    assert.equal(await says(able, id), 'waits for 2 nodes with region=eu to be started, 1 of 2 is here');
  });
});
