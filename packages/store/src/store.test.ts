import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import {
  finalize,
  joinNode,
  lineEntry,
  openTestbed,
  passed,
  prepare,
  shares,
  stateOf,
  submission,
} from './fixtures/testbed.ts';

test('a run goes its way: submitted, prepared, allotted, measured, judged, closed', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const node = await joinNode(store, 'n1');

  const { id } = await store.runs.submit(submission());
  assert.equal(await stateOf(store, id), 'queued');
  const prepareLease = await prepare(store, id);
  assert.equal(await stateOf(store, id), 'preparing');
  assert.equal(await store.ledger.enterLine(prepareLease, lineEntry()), 'waiting');
  await waitUntil('the run to have its node', async () => (await stateOf(store, id)) === 'running');
  assert.deepEqual(await store.runs.work(id), { tree: 'sha256-0' });

  const [lease] = await shares(store, id, [node]);
  const start = await store.ledger.ready(lease!, new AbortController().signal);
  assert.ok(start.go);
  assert.equal(await store.ledger.done(lease!), true);
  assert.equal(await stateOf(store, id), 'reporting');

  const finalizeLease = await finalize(store, id);
  assert.equal(await store.runs.end(finalizeLease, passed), true);
  const run = await store.runs.get(id);
  assert.equal(run?.state, 'finished');
  assert.equal(run?.verdict, 'pass');
  assert.deepEqual(
    run?.timeline.map(({ state }) => state),
    ['queued', 'preparing', 'waiting', 'running', 'reporting', 'finished'],
  );
  assert.deepEqual(run?.deliveries, [
    { kind: 'mail', to: 'ana@example.com', state: 'waiting', tries: 0, detail: '', page: null },
  ]);

  await waitUntil('the folder to be complete', () => store.folders.of(id).text('run.json'));
  await waitUntil('the index to be short', async () => (await bed.raw.exists(`marteau:1:run:${id}`)) === 0);
  assert.deepEqual(await store.runs.get(id), run);
});
