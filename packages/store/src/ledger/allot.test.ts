import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import {
  ana,
  ben,
  enterLine,
  finalize,
  joinNode,
  lineEntry,
  openTestbed,
  passed,
  prepare,
  shares,
  stateOf,
  submission,
  type Testbed,
} from '../fixtures/testbed.ts';
import type { NodeSession, Store } from '../index.ts';

const signal = new AbortController().signal;

describe('allotting nodes', () => {
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

  async function measure(id: string, nodes: NodeSession[]): Promise<void> {
    const holds = await shares(store, id, nodes);
    await Promise.all(holds.map((hold) => store.ledger.ready(hold, signal)));
    for (const hold of holds) assert.equal(await store.ledger.done(hold), true);
  }
  async function complete(id: string, nodes: NodeSession[]): Promise<void> {
    await measure(id, nodes);
    assert.equal(await store.runs.end(await finalize(store, id), passed), true);
  }

  test('all nodes at once or none: the head of the line holds nothing until it can have everything', async () => {
    const nodes = await join('n1', 'n2');
    const first = await enterLine(store, { demand: 2 });
    await isRunning(first);
    const second = await enterLine(store, { demand: 2 });
    const [one, two] = await shares(store, first, nodes);
    await Promise.all([store.ledger.ready(one!, signal), store.ledger.ready(two!, signal)]);
    await store.ledger.done(one!);
    await settle();
    assert.equal(await stateOf(store, second), 'waiting');
    const states = (await store.nodes.list()).map(({ state }) => state).sort();
    assert.deepEqual(states, ['busy', 'idle']);
    await store.ledger.done(two!);
    await store.runs.end(await finalize(store, first), passed);
    await isRunning(second);
  });

  test('strict order: a small run does not overtake a big one that waits for nodes', async () => {
    const nodes = await join('n1', 'n2');
    const running = await enterLine(store, { demand: 1 });
    await isRunning(running);
    const big = await enterLine(store, { demand: 2 });
    const small = await enterLine(store, { demand: 1 });
    await settle();
    assert.deepEqual([await stateOf(store, big), await stateOf(store, small)], ['waiting', 'waiting']);
    await complete(running, nodes);
    await isRunning(big);
    assert.equal(await stateOf(store, small), 'waiting');
  });

  test('the order is that of submission, not of preparation', async () => {
    const early = await store.runs.submit(submission());
    const late = await enterLine(store);
    await store.ledger.enterLine(await prepare(store, early.id), lineEntry());
    assert.deepEqual(
      (await store.ledger.line(10)).map(({ runId }) => runId),
      [early.id, late],
    );
    await join('n1');
    await settle();
    assert.deepEqual([await stateOf(store, early.id), await stateOf(store, late)], ['running', 'waiting']);
  });

  test('two workers that allot at once give no node twice', async () => {
    await store.ledger.pause();
    const nodes = await join('n1', 'n2', 'n3', 'n4');
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) ids.push(await enterLine(store, { demand: 1 + (i % 2) }));
    const others = await Promise.all([open(), open(), open()]);
    await bed.raw.del('marteau:1:paused');
    await Promise.all([store, ...others].flatMap((one) => [one.reconcile(), one.reconcile()]));
    const taken = (await store.nodes.list()).map(({ runId }) => runId);
    assert.equal(taken.filter(Boolean).length, nodes.length);
    for (const id of ids) {
      const record = await store.ledger.attempt(id);
      const has = taken.filter((runId) => runId === id).length;
      assert.equal(record?.nodes.length ?? 0, has);
      assert.ok(has === 0 || record?.attempt === 1);
    }
  });

  test('labels: a run gets only nodes that have them, and keeps only those from others', async () => {
    await joinNode(store, 'us1', { labels: { region: 'us' } });
    await joinNode(store, 'eu1', { labels: { region: 'eu', disk: 'ssd' } });
    const one = await enterLine(store, { labels: { region: 'eu' } });
    await isRunning(one);
    assert.deepEqual((await store.ledger.attempt(one))?.nodes, ['eu1']);
    const two = await enterLine(store, { labels: { region: 'eu' } });
    const other = await enterLine(store, { labels: { region: 'us' } });
    await isRunning(other);
    assert.equal(await stateOf(store, two), 'waiting');
    const place = (await store.ledger.places([two])).get(two);
    assert.equal(place?.waitingFor, '0 of 1 node with region=eu free');
  });

  test('a demand above the registered nodes is refused at submission, where it is known', async () => {
    await join('n1');
    const asked = submission({ request: { repo: 'https://git.example.com/x', overrides: { nodes: 2 } } });
    await assert.rejects(store.runs.submit(asked), { code: 'too-few-nodes', status: 409 });
    assert.equal((await store.runs.list({ limit: 10 })).runs.length, 0);
  });

  test('a demand above the registered nodes ends in error when the run is prepared', async () => {
    await join('n1');
    const { id } = await store.runs.submit(submission());
    assert.equal(await store.ledger.enterLine(await prepare(store, id), lineEntry({ demand: 2 })), 'refused');
    const run = await store.runs.get(id);
    assert.equal(run?.state, 'error');
    assert.equal(run?.reasonCode, 'too-few-nodes');
    assert.match(run?.reason ?? '', /asks for 2 nodes, and only one is registered/);
  });

  test('a demand that stays unmet lets others pass, then ends in error', async () => {
    const nodes = await join('n1', 'n2');
    const big = await enterLine(store, { demand: 2 });
    await isRunning(big);
    const holds = await shares(store, big, nodes);
    await store.nodes.disable('n2');
    const unmet = await enterLine(store, { demand: 2 });
    const small = await enterLine(store, { demand: 1 });
    await store.runs.cancel(big, ana);
    for (const hold of holds) await store.ledger.acknowledge(hold);
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

  test('a demand that is met again in time is served in its place', async () => {
    await join('n1', 'n2');
    await store.nodes.disable('n2');
    const big = await enterLine(store, { demand: 2 });
    await waitUntil('it to be put aside', async () => {
      await store.reconcile();
      return (await bed.raw.zscore('marteau:1:unmet', big)) !== null;
    });
    await store.nodes.enable('n2');
    await isRunning(big);
  });

  test('a paused queue holds everybody, and goes on where it was', async () => {
    await join('n1');
    await store.ledger.pause();
    const id = await enterLine(store);
    await settle();
    assert.equal(await stateOf(store, id), 'waiting');
    assert.equal((await store.ledger.places([id])).get(id)?.kind, 'paused');
    await store.ledger.resume();
    await isRunning(id);
  });

  test('a submitter’s limit holds only their own runs', async () => {
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
    await measure(first, nodes);
    await isRunning(second);
  });

  test('a busy target holds only the runs that hit it', async () => {
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
    await measure(first, nodes);
    await isRunning(same);
  });

  test('a run with several targets waits for all of them, and holds all of them', async () => {
    const nodes = await join('n1', 'n2', 'n3');
    const [a, b, c] = ['a.example.com:443', 'b.example.com:443', 'c.example.com:443'] as const;
    const first = await enterLine(store, { targets: [a] });
    const second = await enterLine(store, { targets: [b] });
    await isRunning(first);
    await isRunning(second);
    const both = await enterLine(store, { targets: [c, b, a] });
    await complete(first, nodes);
    await settle();
    assert.equal(await stateOf(store, both), 'waiting');
    const place = (await store.ledger.places([both])).get(both);
    assert.equal(place?.waitingFor, 'waits for Shop by ana: same target');
    await complete(second, nodes);
    await isRunning(both);
    const behind = await Promise.all([c, a].map((target) => enterLine(store, { targets: [target] })));
    await settle();
    assert.deepEqual(await Promise.all(behind.map((id) => stateOf(store, id))), ['waiting', 'waiting']);
    await complete(both, nodes);
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
    await measure(a, nodes);
    await measure(b, nodes);
    await isRunning(alone);
    assert.equal(await stateOf(store, c), 'waiting');
  });

  test('held runs that are cancelled free those behind them', async () => {
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

  test('a run that is held for two reasons starts when both are gone', async () => {
    await store.close();
    store = await open({ perSubmitter: 1 });
    const nodes = await join('n1', 'n2', 'n3');
    const target = 'staging.example.com:443';
    const mine = await enterLine(store);
    const theirs = await enterLine(store, { targets: [target] }, { submitter: ben });
    const both = await enterLine(store, { targets: [target] });
    await isRunning(mine);
    await isRunning(theirs);
    await measure(theirs, nodes);
    await settle();
    assert.equal(await stateOf(store, both), 'waiting');
    await measure(mine, nodes);
    await isRunning(both);
  });

  test('disabled, draining and desk-only nodes get no share; desk work and load do not mix', async () => {
    await joinNode(store, 'desk', { roles: ['desk'] });
    const [n1] = await join('n1');
    const id = await enterLine(store);
    await isRunning(id);
    assert.deepEqual((await store.ledger.attempt(id))?.nodes, ['n1']);
    const next = await store.runs.submit(submission());
    const begun = await store.ledger.beginPrepare({ runId: next.id, try: 1 }, n1!);
    assert.deepEqual(begun, { hold: null, answer: 'later' });

    await complete(id, [n1!]);
    const atDesk = await store.ledger.beginPrepare({ runId: next.id, try: 1 }, n1!);
    assert.ok(atDesk.hold);
    const waiting = await enterLine(store);
    await settle();
    assert.equal(await stateOf(store, waiting), 'waiting', 'n1 prepares, so it generates no load');
    await store.ledger.giveBack(atDesk.hold!, 'draining');
    await isRunning(waiting);

    const [n2] = await join('n2');
    await n2!.drain();
    const last = await enterLine(store);
    await settle();
    assert.equal(await stateOf(store, last), 'waiting');
    assert.equal((await store.nodes.list()).find(({ name }) => name === 'n2')?.state, 'draining');
  });

  test('a big run is not held up by runs behind it that are prepared, node after node', async () => {
    const [n1, n2] = await join('n1', 'n2');
    const begin = (id: string, node: NodeSession) => store.ledger.beginPrepare({ runId: id, try: 1 }, node);
    const early = await store.runs.submit(submission());
    const atDesk = await begin(early.id, n1!);
    assert.ok(atDesk.hold);
    const big = await enterLine(store, { demand: 2 });
    const late = await store.runs.submit(submission());
    await settle();
    assert.deepEqual(await begin(late.id, n2!), { hold: null, answer: 'later' });
    await store.ledger.giveBack(atDesk.hold!, 'it drains');
    await isRunning(big);
  });

  test('a big run that waits for load to end keeps nobody from a desk', async () => {
    const [, n2] = await join('n1', 'n2');
    const running = await enterLine(store, {}, { submitter: ben });
    await isRunning(running);
    assert.deepEqual((await store.ledger.attempt(running))?.nodes, ['n1']);
    await enterLine(store, { demand: 2 });
    const late = await store.runs.submit(submission());
    await settle();
    assert.ok((await store.ledger.beginPrepare({ runId: late.id, try: 1 }, n2!)).hold);
  });

  test('a node that is switched off begins nothing at its desk, and still reports', async () => {
    const [n1] = await join('n1');
    const id = await enterLine(store);
    await isRunning(id);
    await store.nodes.disable('n1');
    await measure(id, [n1!]);
    const next = await store.runs.submit(submission());
    const prepared = () => store.ledger.beginPrepare({ runId: next.id, try: 1 }, n1!);
    assert.deepEqual(await prepared(), { hold: null, answer: 'later' });
    const { hold } = await store.ledger.beginFinalize({ runId: id, try: 1 }, n1!);
    assert.ok(hold, 'its run is what it has');
    await store.runs.end(hold, passed);
    await store.nodes.enable('n1');
    assert.ok((await prepared()).hold);
  });

  test('a time in which nobody could work is no time without nodes', async () => {
    await store.close();
    store = await open({ unmetMs: 600_000 });
    await join('n1', 'n2');
    await store.nodes.disable('n2');
    const big = await enterLine(store, { demand: 2 });
    await waitUntil('it to be put aside', async () => {
      await store.reconcile();
      return (await bed.raw.zscore('marteau:1:unmet', big)) !== null;
    });
    const now = async () => Number((await bed.raw.time())[0]) * 1000;
    const wantsFor = async (ms: number) =>
      void (await bed.raw.zadd('marteau:1:unmet', (await now()) - ms, big));
    const silentFor = async (ms: number) => {
      await bed.raw.set('marteau:1:heard', (await now()) - ms);
      await settle();
    };
    await silentFor(3_600_000);
    await wantsFor(3_700_000);
    await settle();
    assert.equal(await stateOf(store, big), 'waiting', 'nobody worked at night');

    await wantsFor(4_300_000);
    await store.ledger.pause();
    await settle();
    assert.equal(await stateOf(store, big), 'waiting', 'the queue is paused');
    for (let i = 0; i < 60; i++) await silentFor(2_500);
    await store.ledger.resume();
    await settle();
    assert.equal(await stateOf(store, big), 'waiting', 'a pause is no such time, either');

    await wantsFor(4_600_000);
    await settle();
    assert.equal(await stateOf(store, big), 'error');
  });

  test('a report is made before the node gets the next load', async () => {
    const nodes = await join('n1');
    const first = await enterLine(store);
    await isRunning(first);
    const second = await enterLine(store);
    await measure(first, nodes);
    await settle();
    assert.equal(await stateOf(store, second), 'waiting');
    const { hold } = await store.ledger.beginFinalize({ runId: first, try: 1 }, nodes[0]!);
    assert.ok(hold);
    await settle();
    assert.equal(await stateOf(store, second), 'waiting');
    await store.runs.end(hold, passed);
    await isRunning(second);
  });

  test('why a run waits, in words', async () => {
    const none = await enterLine(store);
    const why = async (id: string) => (await store.ledger.places([id])).get(id);
    assert.match((await why(none))?.waitingFor ?? '', /no node has joined yet: start one with `npm start`/);
    const queued = await store.runs.submit(submission());
    assert.equal((await why(queued.id))?.waitingFor, 'waits for a worker to prepare it');
    await prepare(store, queued.id);
    assert.equal((await why(queued.id))?.waitingFor, 'being prepared');

    await join('n1', 'n2', 'n3');
    await isRunning(none);
    const big = await enterLine(store, { demand: 3 });
    const behind = await enterLine(store, { demand: 1 }, { submitter: ben });
    assert.equal((await why(big))?.waitingFor, '2 of 3 nodes free');
    assert.equal((await why(behind))?.waitingFor, 'Shop by ana is ahead');
    assert.deepEqual(
      (await store.ledger.line(10)).map(({ position }) => position),
      [1, 2, 3],
    );
    assert.equal((await store.ledger.places([none])).size, 0, 'what runs waits for nothing');
  });
});
