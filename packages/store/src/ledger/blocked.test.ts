import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import {
  ana,
  ben,
  complete,
  enterLine,
  joinNode,
  measure,
  openTestbed,
  stateOf,
  type Testbed,
} from '../fixtures/testbed.ts';
import type { Store } from '../index.ts';

describe('runs that are blocked', () => {
  let bed: Testbed;
  let store: Store;
  before(async () => {
    bed = await openTestbed();
  });
  after(() => bed[Symbol.asyncDispose]());
  /** Nobody dies here: on a busy machine a node may be silent for longer than a quick lease. */
  const open = (rules = {}) => bed.open({ rules: { leaseMs: 60_000, ...rules } });
  beforeEach(async () => {
    await bed.reset();
    store = await open();
  });

  const join = (...names: string[]) => Promise.all(names.map((name) => joinNode(store, name)));
  const isRunning = (id: string) =>
    waitUntil(`${id} to be running`, async () => (await stateOf(store, id)) === 'running');
  /** Nothing more would be allotted: the ledger was asked. */
  const settle = () => store.reconcile();

  test('a paused queue blocks everybody, and goes on where it was', async () => {
    await join('n1');
    await store.ledger.pause();
    const id = await enterLine(store);
    await settle();
    assert.equal(await stateOf(store, id), 'waiting');
    assert.equal((await store.ledger.places([id])).get(id)?.kind, 'paused');
    await store.ledger.resume();
    await isRunning(id);
  });

  test('a submitter’s limit blocks only their own runs', async () => {
    await store.close();
    store = await open({ perSubmitter: 1 });
    const nodes = await join('n1', 'n2', 'n3');
    const first = await enterLine(store);
    const second = await enterLine(store);
    const other = await enterLine(store, {}, { submitter: ben });
    await isRunning(first);
    await isRunning(other);
    await settle();
    assert.equal(await stateOf(store, second), 'waiting');
    const place = (await store.ledger.places([second])).get(second);
    assert.equal(place?.kind, 'submitter');
    assert.match(place?.waitingFor ?? '', /^waits for Shop by ana/);
    await measure(store, first, nodes);
    await isRunning(second);
  });

  test('a busy target blocks only the runs that hit it', async () => {
    const nodes = await join('n1', 'n2', 'n3');
    const target = 'staging.example.com:443';
    const first = await enterLine(store, { targets: [target] });
    const same = await enterLine(store, { targets: [target] });
    const other = await enterLine(store, { targets: ['other.example.com:443'] });
    await isRunning(first);
    await isRunning(other);
    await settle();
    assert.equal(await stateOf(store, same), 'waiting');
    const place = (await store.ledger.places([same])).get(same);
    assert.equal(place?.waitingFor, 'waits for Shop by ana: same target');
    await measure(store, first, nodes);
    await isRunning(same);
  });

  test('a run with several targets waits for all of them, and occupies all of them', async () => {
    const nodes = await join('n1', 'n2', 'n3');
    const [a, b, c] = ['a.example.com:443', 'b.example.com:443', 'c.example.com:443'] as const;
    const first = await enterLine(store, { targets: [a] });
    const second = await enterLine(store, { targets: [b] });
    await isRunning(first);
    await isRunning(second);
    const both = await enterLine(store, { targets: [c, b, a] });
    await complete(store, first, nodes);
    await settle();
    assert.equal(await stateOf(store, both), 'waiting');
    const place = (await store.ledger.places([both])).get(both);
    assert.equal(place?.waitingFor, 'waits for Shop by ana: same target');
    await complete(store, second, nodes);
    await isRunning(both);
    const behind = await Promise.all([c, a].map((target) => enterLine(store, { targets: [target] })));
    await settle();
    assert.deepEqual(await Promise.all(behind.map((id) => stateOf(store, id))), ['waiting', 'waiting']);
    await complete(store, both, nodes);
    for (const id of behind) await isRunning(id);
  });

  test('runs that both share a target overlap; one that wants it alone is not overtaken for ever', async () => {
    const nodes = await join('n1', 'n2', 'n3');
    const target = 'staging.example.com:443';
    const a = await enterLine(store, { targets: [target], shared: true });
    const b = await enterLine(store, { targets: [target], shared: true });
    await isRunning(a);
    await isRunning(b);
    const alone = await enterLine(store, { targets: [target] });
    const c = await enterLine(store, { targets: [target], shared: true });
    await settle();
    assert.deepEqual([await stateOf(store, alone), await stateOf(store, c)], ['waiting', 'waiting']);
    await measure(store, a, nodes);
    await measure(store, b, nodes);
    await isRunning(alone);
    assert.equal(await stateOf(store, c), 'waiting');
  });

  test('blocked runs that are cancelled free those behind them', async () => {
    const nodes = await join('n1', 'n2', 'n3');
    const target = 'staging.example.com:443';
    const a = await enterLine(store, { targets: [target], shared: true });
    await isRunning(a);
    const alone = await enterLine(store, { targets: [target] });
    const b = await enterLine(store, { targets: [target], shared: true });
    await settle();
    assert.equal(await stateOf(store, b), 'waiting');
    await store.runs.cancel(alone, ana);
    await isRunning(b);
    assert.equal(nodes.length, 3);
  });

  test('a run that is blocked for two reasons starts when both are gone', async () => {
    await store.close();
    store = await open({ perSubmitter: 1 });
    const nodes = await join('n1', 'n2', 'n3');
    const target = 'staging.example.com:443';
    const mine = await enterLine(store);
    const theirs = await enterLine(store, { targets: [target] }, { submitter: ben });
    const both = await enterLine(store, { targets: [target] });
    await isRunning(mine);
    await isRunning(theirs);
    await measure(store, theirs, nodes);
    await settle();
    assert.equal(await stateOf(store, both), 'waiting');
    await measure(store, mine, nodes);
    await isRunning(both);
  });
});
