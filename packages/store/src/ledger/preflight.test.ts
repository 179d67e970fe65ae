import assert from 'node:assert/strict';
import { waitUntil } from '@marteau/testkit';
import { describeLedger } from '../fixtures/describe-ledger.ts';
import {
  ana,
  enterLine,
  finalize,
  joinNode,
  joinNodes,
  lineEntry,
  passed,
  prepare,
  shares,
  signal,
  stateOf,
  submission,
} from '../fixtures/testbed.ts';
import type { Store } from '../index.ts';

async function prepared(store: Store, labels: Record<string, string> = {}): Promise<string> {
  const { id } = await store.runs.submit(submission());
  const lease = await prepare(store, id);
  const entry = lineEntry({ demand: 2, labels, preflight: true });
  assert.equal(await store.ledger.enterLine(lease, entry), 'waiting');
  assert.equal(await stateOf(store, id), 'preparing');
  return id;
}

describeLedger('a run that has its preflight first', {}, (test) => {
  test('gets no nodes before that went well', async ({ store }) => {
    const [n1] = await joinNodes(store, 'n1', 'n2');
    const id = await prepared(store);
    await store.reconcile();
    assert.equal(await stateOf(store, id), 'preparing');
    const { lease } = await store.ledger.beginPreflight({ runId: id, try: 2 }, n1!);
    assert.equal(await store.ledger.passPreflight(lease!), 'waiting');
    await waitUntil('it to have nodes', async () => {
      await store.reconcile();
      return (await stateOf(store, id)) === 'running';
    });
    assert.equal(await store.ledger.passPreflight(lease!), 'lost', 'passed twice changes nothing');
  });

  test('is tried on a node with the labels that it asks for, and on none that is switched off', async ({
    store,
  }) => {
    const plain = await joinNode(store, 'n1');
    const eu = await joinNode(store, 'n2', { labels: { region: 'eu' } });
    await joinNode(store, 'n3', { labels: { region: 'eu' } });
    const id = await prepared(store, { region: 'eu' });
    const job = { runId: id, try: 2 };
    assert.deepEqual(await store.ledger.beginPreflight(job, plain), { lease: null, answer: 'later' });
    await store.nodes.disable('n2');
    assert.deepEqual(await store.ledger.beginPreflight(job, eu), { lease: null, answer: 'later' });
    await store.nodes.enable('n2');
    assert.ok((await store.ledger.beginPreflight(job, eu)).lease);
    assert.deepEqual(await store.ledger.beginPreflight(job, plain), { lease: null, answer: 'stale' });
  });

  test('is tried again when the node dies or hands it back, and given up after the third death', async ({
    store,
  }) => {
    const [n1] = await joinNodes(store, 'n1', 'n2');
    const id = await prepared(store);
    const { lease } = await store.ledger.beginPreflight({ runId: id, try: 2 }, n1!);
    await store.ledger.giveBack(lease!, 'it drains');
    assert.equal(await stateOf(store, id), 'preparing');
    for (const next of [3, 4, 5])
      await waitUntil(`try ${next}`, async () => {
        await store.reconcile();
        return (await store.ledger.beginPreflight({ runId: id, try: next }, n1!)).lease;
      });
    await waitUntil('its end', async () => {
      await store.reconcile();
      return (await stateOf(store, id)) === 'error';
    });
    const { reasonCode, reason } = (await store.runs.get(id))!;
    assert.equal(reasonCode, 'preflight-died');
    assert.match(reason!, /died 3 times/);
  });

  test('keeps a node for it from runs behind: a full line does not hold it up for ever', async ({
    store,
  }) => {
    const nodes = await joinNodes(store, 'n1', 'n2');
    const before = [await enterLine(store), await enterLine(store)];
    await waitUntil('both nodes to be taken', async () => {
      await store.reconcile();
      return (await store.nodes.list()).every(({ runId }) => runId !== null);
    });
    const id = await prepared(store);
    const behind = await enterLine(store);
    const place = (await store.ledger.places([id])).get(id);
    assert.deepEqual(
      [place?.kind, place?.waitingFor],
      ['preflight', 'waits for a free node to try its script on'],
    );

    const [lease] = await shares(store, before[0]!, nodes);
    await store.ledger.ready(lease!, signal);
    await store.ledger.done(lease!);
    await store.runs.end(await finalize(store, before[0]!), passed);
    await store.reconcile();
    assert.equal(await stateOf(store, behind), 'waiting');
    const free = nodes.find(({ node }) => node === lease!.node)!;
    const preflight = await store.ledger.beginPreflight({ runId: id, try: 2 }, free);
    assert.equal(await store.ledger.passPreflight(preflight.lease!), 'waiting');
    await store.reconcile();
    assert.deepEqual([await stateOf(store, id), await stateOf(store, behind)], ['waiting', 'waiting']);
  });

  test('keeps nothing from runs that are ahead of it', async ({ store }) => {
    await joinNode(store, 'n1', { roles: ['desk'] });
    await store.ledger.pause();
    const ahead = await enterLine(store);
    await Promise.all(['n2', 'n3'].map((name) => joinNode(store, name)));
    await prepared(store);
    await store.ledger.resume();
    await waitUntil('it to run', async () => {
      await store.reconcile();
      return (await stateOf(store, ahead)) === 'running';
    });
  });

  test('ends in error when no node is there that could try it', async ({ store }) => {
    await Promise.all(['n1', 'n2'].map((name) => joinNode(store, name, { labels: { region: 'eu' } })));
    const id = await prepared(store, { region: 'eu' });
    await Promise.all(['n1', 'n2'].map((name) => store.nodes.disable(name)));
    const place = (await store.ledger.places([id])).get(id);
    assert.equal(
      place?.waitingFor,
      'waits for a node with region=eu to try its script on, and none is alive',
    );
    await waitUntil('its end', async () => {
      await store.reconcile();
      return (await stateOf(store, id)) === 'error';
    });
    const { reasonCode, reason } = (await store.runs.get(id))!;
    assert.equal(reasonCode, 'nodes-missing');
    assert.match(reason!, /asks for 2 nodes with region=eu/);
  });

  test('is cancelled before, and while it is tried', async ({ store }) => {
    const [n1] = await joinNodes(store, 'n1', 'n2');
    const waiting = await prepared(store);
    await store.runs.cancel(waiting, ana);
    assert.equal(await stateOf(store, waiting), 'cancelled');
    const tried = await prepared(store);
    const { lease } = await store.ledger.beginPreflight({ runId: tried, try: 2 }, n1!);
    await store.runs.cancel(tried, ana);
    assert.equal(await store.ledger.passPreflight(lease!), 'cancelled');
    await store.ledger.acknowledge(lease!);
    assert.equal(await stateOf(store, tried), 'cancelled');
  });
});
