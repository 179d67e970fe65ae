import assert from 'node:assert/strict';
import { describeLedger, longLeases } from '../fixtures/describe-ledger.ts';
import {
  ana,
  ben,
  complete,
  enterLine,
  isRunning,
  joinNodes,
  measure,
  stateOf,
} from '../fixtures/testbed.ts';

describeLedger('runs that are blocked', longLeases, (test) => {
  test('a paused queue blocks everybody, and goes on where it was', async ({ store }) => {
    await joinNodes(store, 'n1');
    await store.ledger.pause();
    const id = await enterLine(store);
    await store.reconcile();
    assert.equal(await stateOf(store, id), 'waiting');
    assert.equal((await store.ledger.places([id])).get(id)?.kind, 'paused');
    await store.ledger.resume();
    await isRunning(store, id);
  });

  test('a submitter’s limit blocks only their own runs', async ({ store, open }) => {
    await store.close();
    store = await open({ perSubmitter: 1 });
    const nodes = await joinNodes(store, 'n1', 'n2', 'n3');
    const first = await enterLine(store);
    const second = await enterLine(store);
    const other = await enterLine(store, {}, { submitter: ben });
    await isRunning(store, first);
    await isRunning(store, other);
    await store.reconcile();
    assert.equal(await stateOf(store, second), 'waiting');
    const place = (await store.ledger.places([second])).get(second);
    assert.equal(place?.kind, 'submitter');
    assert.match(place?.waitingFor ?? '', /^waits for Shop by ana/);
    await measure(store, first, nodes);
    await isRunning(store, second);
  });

  test('a busy target blocks only the runs that hit it', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1', 'n2', 'n3');
    const target = 'staging.example.com:443';
    const first = await enterLine(store, { targets: [target] });
    const same = await enterLine(store, { targets: [target] });
    const other = await enterLine(store, { targets: ['other.example.com:443'] });
    await isRunning(store, first);
    await isRunning(store, other);
    await store.reconcile();
    assert.equal(await stateOf(store, same), 'waiting');
    const place = (await store.ledger.places([same])).get(same);
    assert.equal(place?.waitingFor, 'waits for Shop by ana: same target');
    await measure(store, first, nodes);
    await isRunning(store, same);
  });

  test('a run with several targets waits for all of them, and occupies all of them', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1', 'n2', 'n3');
    const [a, b, c] = ['a.example.com:443', 'b.example.com:443', 'c.example.com:443'] as const;
    const first = await enterLine(store, { targets: [a] });
    const second = await enterLine(store, { targets: [b] });
    await isRunning(store, first);
    await isRunning(store, second);
    const both = await enterLine(store, { targets: [c, b, a] });
    await complete(store, first, nodes);
    await store.reconcile();
    assert.equal(await stateOf(store, both), 'waiting');
    const place = (await store.ledger.places([both])).get(both);
    assert.equal(place?.waitingFor, 'waits for Shop by ana: same target');
    await complete(store, second, nodes);
    await isRunning(store, both);
    const behind = await Promise.all([c, a].map((target) => enterLine(store, { targets: [target] })));
    await store.reconcile();
    assert.deepEqual(await Promise.all(behind.map((id) => stateOf(store, id))), ['waiting', 'waiting']);
    await complete(store, both, nodes);
    for (const id of behind) await isRunning(store, id);
  });

  test('runs that both share a target overlap; one that wants it alone is not overtaken for ever', async ({
    store,
  }) => {
    const nodes = await joinNodes(store, 'n1', 'n2', 'n3');
    const target = 'staging.example.com:443';
    const a = await enterLine(store, { targets: [target], shared: true });
    const b = await enterLine(store, { targets: [target], shared: true });
    await isRunning(store, a);
    await isRunning(store, b);
    const alone = await enterLine(store, { targets: [target] });
    const c = await enterLine(store, { targets: [target], shared: true });
    await store.reconcile();
    assert.deepEqual([await stateOf(store, alone), await stateOf(store, c)], ['waiting', 'waiting']);
    await measure(store, a, nodes);
    await measure(store, b, nodes);
    await isRunning(store, alone);
    assert.equal(await stateOf(store, c), 'waiting');
  });

  test('blocked runs that are cancelled free those behind them', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1', 'n2', 'n3');
    const target = 'staging.example.com:443';
    const a = await enterLine(store, { targets: [target], shared: true });
    await isRunning(store, a);
    const alone = await enterLine(store, { targets: [target] });
    const b = await enterLine(store, { targets: [target], shared: true });
    await store.reconcile();
    assert.equal(await stateOf(store, b), 'waiting');
    await store.runs.cancel(alone, ana);
    await isRunning(store, b);
    assert.equal(nodes.length, 3);
  });

  test('a run that is blocked for two reasons starts when both are gone', async ({ store, open }) => {
    await store.close();
    store = await open({ perSubmitter: 1 });
    const nodes = await joinNodes(store, 'n1', 'n2', 'n3');
    const target = 'staging.example.com:443';
    const mine = await enterLine(store);
    const theirs = await enterLine(store, { targets: [target] }, { submitter: ben });
    const both = await enterLine(store, { targets: [target] });
    await isRunning(store, mine);
    await isRunning(store, theirs);
    await measure(store, theirs, nodes);
    await store.reconcile();
    assert.equal(await stateOf(store, both), 'waiting');
    await measure(store, mine, nodes);
    await isRunning(store, both);
  });
});
