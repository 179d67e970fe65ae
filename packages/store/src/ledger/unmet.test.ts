import assert from 'node:assert/strict';
import { waitUntil } from '@marteau/testkit';
import { describeLedger, longLeases } from '../fixtures/describe-ledger.ts';
import {
  ana,
  enterLine,
  isRunning,
  joinNodes,
  lineEntry,
  prepare,
  shares,
  stateOf,
  submission,
  type Testbed,
} from '../fixtures/testbed.ts';
import type { Store } from '../index.ts';

const isPutAside = ({ raw }: Testbed, store: Store, id: string) =>
  waitUntil(`${id} to be put aside`, async () => {
    await store.reconcile();
    return (await raw.zscore('marteau:1:unmet', id)) !== null;
  });

describeLedger('a demand that the nodes do not meet', longLeases, (test) => {
  test('a demand above the registered nodes is refused at submission, where it is known', async ({
    store,
  }) => {
    await joinNodes(store, 'n1');
    const asked = submission({ request: { repo: 'https://git.example.com/x', overrides: { nodes: 2 } } });
    await assert.rejects(store.runs.submit(asked), { code: 'too-few-nodes', status: 409 });
    assert.equal((await store.runs.list({ limit: 10 })).runs.length, 0);
  });

  test('a demand above the registered nodes ends in error when the run is prepared', async ({ store }) => {
    await joinNodes(store, 'n1');
    const { id } = await store.runs.submit(submission());
    assert.equal(await store.ledger.enterLine(await prepare(store, id), lineEntry({ demand: 2 })), 'refused');
    const run = await store.runs.get(id);
    assert.equal(run?.state, 'error');
    assert.equal(run?.reasonCode, 'too-few-nodes');
    assert.match(run?.reason ?? '', /asks for 2 nodes, and only one is registered/);
  });

  test('a demand that stays unmet lets others pass, then ends in error', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1', 'n2');
    const big = await enterLine(store, { demand: 2 });
    await isRunning(store, big);
    const leases = await shares(store, big, nodes);
    await store.nodes.disable('n2');
    const unmet = await enterLine(store, { demand: 2 });
    const small = await enterLine(store, { demand: 1 });
    await store.runs.cancel(big, ana);
    for (const lease of leases) await store.ledger.acknowledge(lease);
    assert.equal(await stateOf(store, big), 'cancelled');
    await waitUntil('the small run to pass', async () => {
      await store.reconcile();
      return (await stateOf(store, small)) === 'running';
    });
    await waitUntil('the big run to be given up', async () => {
      await store.reconcile();
      return (await stateOf(store, unmet)) === 'error';
    });
    const run = await store.runs.get(unmet);
    assert.equal(run?.reasonCode, 'nodes-missing');
    assert.match(run?.reason ?? '', /asks for 2 nodes; for .* no more than 1 were there/);
  });

  test('a demand that is met again in time is served in its place', async ({ bed, store }) => {
    await joinNodes(store, 'n1', 'n2');
    await store.nodes.disable('n2');
    const big = await enterLine(store, { demand: 2 });
    await isPutAside(bed, store, big);
    await store.nodes.enable('n2');
    await isRunning(store, big);
  });

  test('a time in which nobody could work is no time without nodes', async ({ bed, store, open }) => {
    await store.close();
    store = await open({ unmetMs: 600_000 });
    await joinNodes(store, 'n1', 'n2');
    await store.nodes.disable('n2');
    const big = await enterLine(store, { demand: 2 });
    await isPutAside(bed, store, big);
    const now = async () => Number((await bed.raw.time())[0]) * 1000;
    const wantsFor = async (ms: number) =>
      void (await bed.raw.zadd('marteau:1:unmet', (await now()) - ms, big));
    const silentFor = async (ms: number) => {
      await bed.raw.set('marteau:1:heard', (await now()) - ms);
      await store.reconcile();
    };
    await silentFor(3_600_000);
    await wantsFor(3_700_000);
    await store.reconcile();
    assert.equal(await stateOf(store, big), 'waiting', 'nobody worked at night');

    await wantsFor(4_300_000);
    await store.ledger.pause();
    await store.reconcile();
    assert.equal(await stateOf(store, big), 'waiting', 'the queue is paused');
    for (let i = 0; i < 60; i++) await silentFor(2_500);
    await store.ledger.resume();
    await store.reconcile();
    assert.equal(await stateOf(store, big), 'waiting', 'a pause is no such time, either');

    await wantsFor(4_600_000);
    await store.reconcile();
    assert.equal(await stateOf(store, big), 'error');
  });
});
