import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { startElastic } from './house/elastic.ts';
import { openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

const patient = { deadlineMs: 180_000 };

test('nine nodes: one that never comes ends the run with that reason; when all come it runs, and all go', async () => {
  await using house = await openHouse({
    workers: 0,
    env: { MARTEAU_NODES_MAX: '9', MARTEAU_NODES_TIMEOUT: '20' },
  });
  await using target = await startTargetServer();
  const { url: repo } = await house.git.createRepo('elastic', plainProject(target.url, 'nodes: 9\n'));
  let isComing = false;
  await using scaler = startElastic(house, {
    max: 9,
    before: (number) => (number === 9 && !isComing ? null : Promise.resolve()),
  });
  const missing = await house.ends(await house.submit(repo), patient.deadlineMs);
  assert.equal(missing.reasonCode, 'nodes-missing');
  assert.match(missing.reason ?? '', /asks for 9 nodes; .* no more than 8 were there/);
  await waitUntil('the others to go', () => scaler.running() === 1, patient);
  assert.equal(scaler.most(), 9);

  isComing = true;
  scaler.giveUpPending();
  const run = await house.ends(await house.submit(repo), patient.deadlineMs);
  assert.equal(run.verdict, 'pass', run.reason ?? '');
  await waitUntil('all to be gone', () => scaler.running() === 0, patient);
  assert.deepEqual(scaler.ends, Array(17).fill({ code: 0, signal: null }));
  await house.assertNothingLeft();
});
