import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { Redis } from 'ioredis';
import { startElastic } from './house/elastic.ts';
import { type House, openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

const patient = { deadlineMs: 400_000 };

test('nine nodes: one that never comes ends the run with that reason; when all come it runs, and all go', async () => {
  await using house = await openHouse({ workers: 0, env: { MARTEAU_NODES_MAX: '9' } });
  await using target = await startTargetServer();
  const { url: repo } = await house.git.createRepo('elastic', plainProject(target.url, 'nodes: 9\n'));
  let isComing = false;
  await using scaler = startElastic(house, {
    max: 9,
    before: (number) => (number === 9 && !isComing ? null : Promise.resolve()),
  });
  const first = await house.submit(repo);
  const waits = /waits for 9 nodes to be started, 8 of 9 are here/;
  await waitUntil(
    'eight to be here',
    async () => waits.test(JSON.stringify(await house.run(first))),
    patient,
  );
  await waitedLong(house, first);
  const missing = await house.ends(first, patient.deadlineMs);
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

/** As if ten minutes had passed since the last node came. */
async function waitedLong({ redis }: House, run: string): Promise<void> {
  const raw = new Redis(redis.url);
  await raw.hset(`marteau:1:run:${run}`, 'unmetSince', '1');
  raw.disconnect();
}
