import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { startElastic } from './house/elastic.ts';
import { openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

test('nodes come when a run wants them, and go when nothing does: 0 → 3 → run → 0', async () => {
  await using house = await openHouse({ workers: 0, env: { MARTEAU_NODES_MAX: '3' } });
  await using target = await startTargetServer();
  const { url: repo } = await house.git.createRepo('elastic', plainProject(target.url, 'nodes: 3\n'));
  const seen = Promise.withResolvers<void>();
  await using scaler = startElastic(house, {
    max: 3,
    before: (number) => (number === 3 ? seen.promise : Promise.resolve()),
    env: { MARTEAU_PROBES: '0' },
  });
  assert.equal(scaler.running(), 0);
  const id = await house.submit(repo);
  await waitUntil(
    'the run to say what it waits for',
    async () => /waits for 3 nodes to be started, 2 of 3 are here/.test(JSON.stringify(await house.run(id))),
    { deadlineMs: 60_000 },
  );
  const probe = async (name: string, path: string) => {
    const worker = house.workers.find((each) => each.output().includes(`as ${name}\n`))!;
    const [, url] = /probes at (\S+)/.exec(worker.output())!;
    return (await fetch(url + path)).status;
  };
  assert.deepEqual(
    await Promise.all(['/healthz', '/readyz', '/busyz', '/'].map((path) => probe('pod-1', path))),
    [200, 200, 503, 404],
  );
  seen.resolve();
  const run = await house.ends(id);
  assert.equal(run.verdict, 'pass', run.reason ?? '');
  await waitUntil('all to be gone', () => scaler.running() === 0, { deadlineMs: 60_000 });
  assert.equal(scaler.most(), 3);
  assert.deepEqual(scaler.ends, Array(3).fill({ code: 0, signal: null }));
  assert.deepEqual((await house.api<{ nodes: unknown[] }>('GET', '/nodes')).nodes, []);
  await house.assertNothingLeft();
});
