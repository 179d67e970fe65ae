import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { describeLedger, longLeases } from '../fixtures/describe-ledger.ts';
import {
  becomes,
  enterLine,
  isRunning,
  joinNode,
  joinNodes,
  stateOf,
  submission,
} from '../fixtures/testbed.ts';
import { nodeSet, nodeSets, type ScaleFacts } from './scale.ts';

type Node = ScaleFacts['nodes'][number];
type Waiting = ScaleFacts['line'][number];

const eu = '{"region":"eu"}';
const nodes = (many: number, state: Node['state'], labels = ''): Node[] =>
  Array.from({ length: many }, () => ({ labels, state, load: true }));

const line = (...runs: (Partial<Waiting> & { nodes?: number; labels?: string })[]): Waiting[] =>
  runs.map(({ nodes = 1, labels = '', ...run }, seq) => ({
    seq,
    demands: [{ nodes, labels }],
    submitter: `email ${seq}`,
    running: 0,
    targets: '',
    shared: false,
    ...run,
  }));

/** What each set wants, by its labels. */
function wants(facts: Partial<ScaleFacts>, limits: Partial<Parameters<typeof nodeSets>[1]> = {}) {
  const nobody = { now: 0, paused: false, preparers: 1, preparing: 0, nodes: [], line: [], waiting: [] };
  const sets = nodeSets({ ...nobody, ...facts }, { perSubmitter: null, nodesMax: 10, ...limits });
  return Object.fromEntries(sets.map(({ labels, wanted }) => [Object.values(labels).join(), wanted]));
}

describe('how many nodes are wanted', () => {
  const cases: [
    string,
    Record<string, number>,
    Partial<ScaleFacts>,
    Partial<Parameters<typeof nodeSets>[1]>?,
  ][] = [
    ['nobody waits: those at work', { '': 2 }, { nodes: [...nodes(2, 'busy'), ...nodes(3, 'idle')] }],
    [
      'a gang counts whole, idle ones included',
      { '': 9 },
      { nodes: nodes(2, 'idle'), line: line({ nodes: 9 }) },
    ],
    ['busy ones come on top', { '': 6 }, { nodes: nodes(2, 'busy'), line: line({ nodes: 4 }) }],
    [
      'gangs in their order, whole or not',
      { '': 8 },
      { line: line({ nodes: 5 }, { nodes: 3 }, { nodes: 3 }, {}) },
    ],
    [
      'without a maximum all of them',
      { '': 12 },
      { line: line({ nodes: 5 }, { nodes: 7 }) },
      { nodesMax: null },
    ],
    ['draining ones do nothing', { '': 0 }, { nodes: nodes(2, 'draining') }],
    [
      'a paused queue wants nothing new',
      { '': 1 },
      { paused: true, nodes: nodes(1, 'busy'), line: line({ nodes: 4 }) },
    ],
    [
      'sets have labels of their own, and one maximum',
      { '': 4, eu: 3 },
      { nodes: nodes(1, 'busy', eu), line: line({ nodes: 4 }, { nodes: 2, labels: eu }, { nodes: 6 }) },
    ],
    [
      'a free node of another set serves whoever asks for less',
      { '': 1, eu: 1 },
      { nodes: nodes(1, 'idle', eu), line: line({ nodes: 2 }) },
    ],
    [
      'tools make no set',
      { '': 2 },
      { nodes: nodes(1, 'idle', '{"has-k6":"yes"}'), line: line({ nodes: 2, labels: '{"has-k6":"yes"}' }) },
    ],
    [
      'a target is loaded by one run',
      { '': 2 },
      { line: line({ nodes: 2, targets: 'a:443' }, { targets: 'a:443' }) },
    ],
    [
      'or by several that share it',
      { '': 3 },
      { line: line({ nodes: 2, targets: 'a:443', shared: true }, { targets: 'a:443', shared: true }) },
    ],
    ['a target is taken', {}, { line: line({ targets: 'a:443', locked: { 'a:443': 'alone' } }) }],
    [
      'a submitter has a limit',
      { '': 2 },
      { line: line({ submitter: 'a', running: 1 }, { submitter: 'a', running: 1 }, { submitter: 'b' }) },
      { perSubmitter: 2 },
    ],
    ['somebody has to prepare', { '': 1 }, { preparers: 0, preparing: 7 }],
  ];
  for (const [name, expected, facts, limits] of cases)
    test(name, () => assert.deepEqual(wants(facts, limits), expected));
});

describeLedger('nodes that are started when runs want them', longLeases, (test) => {
  const asked = (demand: number) =>
    submission({ request: { repo: 'https://git.example.com/x', overrides: { nodes: demand } } });

  test('a run waits for them, says so, and begins when the last one is here', async ({ store, open }) => {
    await store.close();
    store = await open({ nodesMax: 3 });
    const id = await enterLine(store, { demand: 3, labels: { region: 'eu' } });
    const wanted = async () => nodeSet(await store.ledger.scale(), { region: 'eu' });
    const says = async () => (await store.ledger.places([id])).get(id)?.waitingFor;
    assert.deepEqual(
      { ...(await wanted()), oldestWaitSeconds: 0 },
      {
        labels: { region: 'eu' },
        tools: [],
        wanted: 3,
        busy: 0,
        idle: 0,
        draining: 0,
        waiting: 1,
        oldestWaitSeconds: 0,
      },
    );
    assert.equal(await says(), 'waits for 3 nodes with region=eu to be started, 0 of 3 are here');
    const first = await joinNode(store, 'n1', { labels: { region: 'eu', 'has-k6': 'yes' } });
    await joinNode(store, 'n2', { labels: { region: 'eu' } });
    await store.reconcile();
    assert.equal(await says(), 'waits for 3 nodes with region=eu to be started, 2 of 3 are here');
    const { wanted: still, idle, tools } = await wanted();
    assert.deepEqual([still, idle, tools], [3, 2, ['k6']]);
    assert.equal(await first.retire(), false, 'a run waits for it');
    await joinNode(store, 'n3', { labels: { region: 'eu' } });
    await isRunning(store, id);
    const { wanted: now, busy, waiting } = await wanted();
    assert.deepEqual([now, busy, waiting], [3, 3, 0]);
    assert.equal(await first.retire(), false, 'it is at work');
  });

  test('more than there may be are refused, at submission and when it is prepared', async ({
    store,
    open,
  }) => {
    await store.close();
    store = await open({ nodesMax: 3 });
    await assert.rejects(store.runs.submit(asked(4)), (error: Error) =>
      /asks for 4 nodes, and none is registered here, where no more than 3 are started/.test(error.message),
    );
    await assert.rejects(enterLine(store, { demand: 4 }), /refused/);
    await joinNodes(store, 'n1');
    await store.runs.submit(asked(3));
  });

  test('a node that never comes: each that came gives new time, then others pass, then it ends', async ({
    bed,
    store,
    open,
  }) => {
    await store.close();
    store = await open({ nodesMax: 3, overtakeMs: 1, startingMs: 600_000, unmetMs: 600_000 });
    const [n1] = await joinNodes(store, 'n1');
    const big = await enterLine(store, { demand: 3 });
    const small = await enterLine(store, { demand: 1 });
    await store.reconcile();
    const run = `marteau:1:run:${big}`;
    await waitUntil('it is seen to be short', async () => (await bed.raw.hget(run, 'unmetMost')) === '1');
    assert.equal(await stateOf(store, small), 'waiting', 'it keeps its place');
    await bed.raw.hset(run, 'unmetSince', '1');
    await joinNodes(store, 'n2');
    await store.reconcile();
    assert.equal(await bed.raw.hget(run, 'unmetMost'), '2');
    assert.notEqual(await bed.raw.hget(run, 'unmetSince'), '1', 'a node came');
    assert.equal(await stateOf(store, small), 'waiting');
    await bed.raw.hset(run, 'unmetSince', '1');
    await becomes(store, small, 'running');
    await becomes(store, big, 'error');
    const { reason } = (await store.runs.get(big))!;
    assert.match(reason ?? '', /asks for 3 nodes; for 10 min no more than 2 were there/);
    assert.ok(n1);
  });

  test('a node that nothing waits for may go, and gets nothing more', async ({ store }) => {
    const [n1, n2] = await joinNodes(store, 'n1', 'n2');
    const { id } = await store.runs.submit(submission());
    assert.equal(await n1!.retire(), false, 'somebody has to prepare it');
    await store.runs.cancel(id, { kind: 'email', id: 'ana@example.com' });
    assert.equal(await n1!.retire(), true);
    const next = await enterLine(store);
    await isRunning(store, next);
    assert.deepEqual((await store.ledger.attempt(next))?.nodes, [n2!.node]);
    const [set] = await store.ledger.scale();
    assert.deepEqual([set?.wanted, set?.busy, set?.draining], [1, 1, 1]);
  });
});
