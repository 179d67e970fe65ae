import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import {
  ana,
  joinNode,
  lineEntry,
  openTestbed,
  prepare,
  stateOf,
  submission,
  type Testbed,
} from '../fixtures/testbed.ts';
import type { Store } from '../index.ts';

describe('a run whose script is tried first', () => {
  let bed: Testbed;
  let store: Store;
  before(async () => {
    bed = await openTestbed();
  });
  after(() => bed[Symbol.asyncDispose]());
  beforeEach(async () => {
    await bed.reset();
    store = await bed.open();
  });

  async function prepared(labels: Record<string, string> = {}): Promise<string> {
    const { id } = await store.runs.submit(submission());
    const hold = await prepare(store, id);
    assert.equal(
      await store.ledger.enterLine(hold, lineEntry({ demand: 2, labels, trial: true })),
      'waiting',
    );
    assert.equal(await stateOf(store, id), 'preparing');
    return id;
  }

  test('gets no nodes before that went well', async () => {
    const [n1] = await Promise.all(['n1', 'n2'].map((name) => joinNode(store, name)));
    const id = await prepared();
    await store.reconcile();
    assert.equal(await stateOf(store, id), 'preparing');
    const { hold } = await store.ledger.beginPreflight({ runId: id, try: 2 }, n1!);
    assert.equal(await store.ledger.passTrial(hold!), 'waiting');
    await waitUntil('it to have nodes', async () => {
      await store.reconcile();
      return (await stateOf(store, id)) === 'running';
    });
    assert.equal(await store.ledger.passTrial(hold!), 'lost', 'passed twice changes nothing');
  });

  test('is tried on a node with the labels that it asks for, and on none that is switched off', async () => {
    const plain = await joinNode(store, 'n1');
    const eu = await joinNode(store, 'n2', { labels: { region: 'eu' } });
    await joinNode(store, 'n3', { labels: { region: 'eu' } });
    const id = await prepared({ region: 'eu' });
    const job = { runId: id, try: 2 };
    assert.deepEqual(await store.ledger.beginPreflight(job, plain), { hold: null, answer: 'later' });
    await store.nodes.disable('n2');
    assert.deepEqual(await store.ledger.beginPreflight(job, eu), { hold: null, answer: 'later' });
    await store.nodes.enable('n2');
    assert.ok((await store.ledger.beginPreflight(job, eu)).hold);
    assert.deepEqual(await store.ledger.beginPreflight(job, plain), { hold: null, answer: 'stale' });
  });

  test('is tried again when the node dies or hands it back, and given up after the third death', async () => {
    const [n1] = await Promise.all(['n1', 'n2'].map((name) => joinNode(store, name)));
    const id = await prepared();
    const { hold } = await store.ledger.beginPreflight({ runId: id, try: 2 }, n1!);
    await store.ledger.giveBack(hold!, 'it drains');
    assert.equal(await stateOf(store, id), 'preparing');
    for (const next of [3, 4, 5])
      await waitUntil(`try ${next}`, async () => {
        await store.reconcile();
        return (await store.ledger.beginPreflight({ runId: id, try: next }, n1!)).hold;
      });
    await waitUntil('its end', async () => {
      await store.reconcile();
      return (await stateOf(store, id)) === 'error';
    });
    const { reasonCode, reason } = (await store.runs.get(id))!;
    assert.equal(reasonCode, 'preflight-died');
    assert.match(reason!, /died 3 times/);
  });

  test('is cancelled before, and while it is tried', async () => {
    const [n1] = await Promise.all(['n1', 'n2'].map((name) => joinNode(store, name)));
    const waiting = await prepared();
    await store.runs.cancel(waiting, ana);
    assert.equal(await stateOf(store, waiting), 'cancelled');
    const tried = await prepared();
    const { hold } = await store.ledger.beginPreflight({ runId: tried, try: 2 }, n1!);
    await store.runs.cancel(tried, ana);
    assert.equal(await store.ledger.passTrial(hold!), 'cancelled');
    await store.ledger.acknowledge(hold!);
    assert.equal(await stateOf(store, tried), 'cancelled');
  });
});
