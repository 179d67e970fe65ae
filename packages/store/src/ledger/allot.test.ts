import assert from 'node:assert/strict';
import { describeLedger, longLeases } from '../fixtures/describe-ledger.ts';
import {
  ben,
  complete,
  enterLine,
  finalize,
  isRunning,
  joinNode,
  joinNodes,
  lineEntry,
  measure,
  passed,
  prepare,
  shares,
  signal,
  stateOf,
  submission,
} from '../fixtures/testbed.ts';
import type { NodeSession } from '../index.ts';

describeLedger('allotting nodes', longLeases, (test) => {
  test('all nodes at once or none: the head of the line takes nothing until it can have everything', async ({
    store,
  }) => {
    const nodes = await joinNodes(store, 'n1', 'n2');
    const first = await enterLine(store, { demand: 2 });
    await isRunning(store, first);
    const second = await enterLine(store, { demand: 2 });
    const [one, two] = await shares(store, first, nodes);
    await Promise.all([store.ledger.ready(one!, signal), store.ledger.ready(two!, signal)]);
    await store.ledger.done(one!);
    await store.reconcile();
    assert.equal(await stateOf(store, second), 'waiting');
    const states = (await store.nodes.list()).map(({ state }) => state).sort();
    assert.deepEqual(states, ['busy', 'idle']);
    await store.ledger.done(two!);
    await store.runs.end(await finalize(store, first), passed);
    await isRunning(store, second);
  });

  test('strict order: a small run does not overtake a big one that waits for nodes', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1', 'n2');
    const running = await enterLine(store, { demand: 1 });
    await isRunning(store, running);
    const big = await enterLine(store, { demand: 2 });
    const small = await enterLine(store, { demand: 1 });
    await store.reconcile();
    assert.deepEqual([await stateOf(store, big), await stateOf(store, small)], ['waiting', 'waiting']);
    await complete(store, running, nodes);
    await isRunning(store, big);
    assert.equal(await stateOf(store, small), 'waiting');
  });

  test('a run that is to have certain nodes waits for them as long as they are there, and takes others once they are not', async ({
    store,
  }) => {
    const nodes = await joinNodes(store, 'n1', 'n2', 'n3');
    const onNodes = () => enterLine(store, {}, { onNodes: ['n1'], submitter: ben });
    const first = await enterLine(store);
    await isRunning(store, first);
    assert.deepEqual((await store.ledger.attempt(first))?.nodes, ['n1']);
    const bound = await onNodes();
    const other = await enterLine(store);
    await isRunning(store, other);
    assert.equal(await stateOf(store, bound), 'waiting', 'two nodes are free, and neither is its own');
    await complete(store, first, nodes);
    await isRunning(store, bound);
    assert.deepEqual((await store.ledger.attempt(bound))?.nodes, ['n1']);
    await complete(store, bound, nodes);
    await nodes[0]!.leave();
    const gone = await onNodes();
    await isRunning(store, gone);
    assert.notDeepEqual((await store.ledger.attempt(gone))?.nodes, ['n1']);
  });

  test('the order is that of submission, not of preparation', async ({ store }) => {
    const early = await store.runs.submit(submission());
    const late = await enterLine(store);
    await store.ledger.enterLine(await prepare(store, early.id), lineEntry());
    assert.deepEqual(
      (await store.ledger.line(10)).map(({ runId }) => runId),
      [early.id, late],
    );
    await joinNodes(store, 'n1');
    await store.reconcile();
    assert.deepEqual([await stateOf(store, early.id), await stateOf(store, late)], ['running', 'waiting']);
  });

  test('two workers that allot at once give no node twice', async ({ bed, store, open }) => {
    await store.ledger.pause();
    const nodes = await joinNodes(store, 'n1', 'n2', 'n3', 'n4');
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

  test('labels: a run gets only nodes that have them, and keeps only those from others', async ({
    store,
  }) => {
    await joinNode(store, 'us1', { labels: { region: 'us' } });
    await joinNode(store, 'eu1', { labels: { region: 'eu', disk: 'ssd' } });
    const one = await enterLine(store, { labels: { region: 'eu' } });
    await isRunning(store, one);
    assert.deepEqual((await store.ledger.attempt(one))?.nodes, ['eu1']);
    const two = await enterLine(store, { labels: { region: 'eu' } });
    const other = await enterLine(store, { labels: { region: 'us' } });
    await isRunning(store, other);
    assert.equal(await stateOf(store, two), 'waiting');
    const place = (await store.ledger.places([two])).get(two);
    assert.equal(place?.waitingFor, '0 of 1 node with region=eu free');
  });

  test('disabled, draining and nodes that only prepare get no share; jobs and load do not mix', async ({
    store,
  }) => {
    await joinNode(store, 'desk', { roles: ['desk'] });
    const [n1] = await joinNodes(store, 'n1');
    const id = await enterLine(store);
    await isRunning(store, id);
    assert.deepEqual((await store.ledger.attempt(id))?.nodes, ['n1']);
    const next = await store.runs.submit(submission());
    const begun = await store.ledger.beginPrepare({ runId: next.id, try: 1 }, n1!);
    assert.deepEqual(begun, { lease: null, answer: 'later' });

    await complete(store, id, [n1!]);
    const preparing = await store.ledger.beginPrepare({ runId: next.id, try: 1 }, n1!);
    assert.ok(preparing.lease);
    const waiting = await enterLine(store);
    await store.reconcile();
    assert.equal(await stateOf(store, waiting), 'waiting', 'n1 prepares, so it generates no load');
    await store.ledger.giveBack(preparing.lease!, 'draining');
    await isRunning(store, waiting);

    const [n2] = await joinNodes(store, 'n2');
    await n2!.drain();
    const last = await enterLine(store);
    await store.reconcile();
    assert.equal(await stateOf(store, last), 'waiting');
    assert.equal((await store.nodes.list()).find(({ name }) => name === 'n2')?.state, 'draining');
  });

  test('a big run is not held up by runs behind it that are prepared, node after node', async ({ store }) => {
    const [n1, n2] = await joinNodes(store, 'n1', 'n2');
    const begin = (id: string, node: NodeSession) => store.ledger.beginPrepare({ runId: id, try: 1 }, node);
    const early = await store.runs.submit(submission());
    const preparing = await begin(early.id, n1!);
    assert.ok(preparing.lease);
    const big = await enterLine(store, { demand: 2 });
    const late = await store.runs.submit(submission());
    await store.reconcile();
    assert.deepEqual(await begin(late.id, n2!), { lease: null, answer: 'later' });
    await store.ledger.giveBack(preparing.lease!, 'it drains');
    await isRunning(store, big);
  });

  test('a big run that waits for load to end keeps nobody from a job', async ({ store }) => {
    const [, n2] = await joinNodes(store, 'n1', 'n2');
    const running = await enterLine(store, {}, { submitter: ben });
    await isRunning(store, running);
    assert.deepEqual((await store.ledger.attempt(running))?.nodes, ['n1']);
    await enterLine(store, { demand: 2 });
    const late = await store.runs.submit(submission());
    await store.reconcile();
    assert.ok((await store.ledger.beginPrepare({ runId: late.id, try: 1 }, n2!)).lease);
  });

  test('a node that is switched off begins no job, and still reports', async ({ store }) => {
    const [n1] = await joinNodes(store, 'n1');
    const id = await enterLine(store);
    await isRunning(store, id);
    await store.nodes.disable('n1');
    await measure(store, id, [n1!]);
    const next = await store.runs.submit(submission());
    const prepared = () => store.ledger.beginPrepare({ runId: next.id, try: 1 }, n1!);
    assert.deepEqual(await prepared(), { lease: null, answer: 'later' });
    const { lease } = await store.ledger.beginFinalize({ runId: id, try: 1 }, n1!);
    assert.ok(lease, 'its run is what it has');
    await store.runs.end(lease, passed);
    await store.nodes.enable('n1');
    assert.ok((await prepared()).lease);
  });

  test('a report is made before the node gets the next load', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1');
    const first = await enterLine(store);
    await isRunning(store, first);
    const second = await enterLine(store);
    await measure(store, first, nodes);
    await store.reconcile();
    assert.equal(await stateOf(store, second), 'waiting');
    const { lease } = await store.ledger.beginFinalize({ runId: first, try: 1 }, nodes[0]!);
    assert.ok(lease);
    await store.reconcile();
    assert.equal(await stateOf(store, second), 'waiting');
    await store.runs.end(lease, passed);
    await isRunning(store, second);
  });

  test('why a run waits, in words', async ({ store }) => {
    const none = await enterLine(store);
    const why = async (id: string) => (await store.ledger.places([id])).get(id);
    assert.match((await why(none))?.waitingFor ?? '', /no node has joined yet: start one with `npm start`/);
    const queued = await store.runs.submit(submission());
    assert.equal((await why(queued.id))?.waitingFor, 'waits for a worker to prepare it');
    await prepare(store, queued.id);
    assert.equal((await why(queued.id))?.waitingFor, 'being prepared');

    await joinNodes(store, 'n1', 'n2', 'n3');
    await isRunning(store, none);
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
