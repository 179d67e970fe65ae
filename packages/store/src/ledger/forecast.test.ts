import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLine, joinNode, openTestbed, submission } from '../fixtures/testbed.ts';

test('about how long a run waits, from how long runs of the same projects took', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  await store.ledger.pause();
  await joinNode(store, 'n1');
  await joinNode(store, 'n2');
  const project = 'https://git.example.com/slow';
  const ids = [];
  for (let i = 0; i < 3; i++) ids.push(await enterLine(store, { demand: 2 }, { project }));
  const expected = async () => (await store.ledger.line(10)).map(({ expectedMs }) => expectedMs);
  assert.deepEqual(await expected(), [0, null, null], 'nothing is known of this project');
  await bed.raw.hset('marteau:1:durations', project, '60000');
  assert.deepEqual(await expected(), [0, 60_000, 120_000], 'each takes both nodes for a minute');
  await store.runs.submit(submission({ project: 'https://git.example.com/new' }));
  assert.equal((await expected()).at(-1), 180_000);
  await joinNode(store, 'desk', { roles: ['desk'] });
  assert.equal((await expected()).at(-1), 180_000, 'a desk works nothing off');
});
