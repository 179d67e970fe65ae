import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApp, startTargetServer } from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

test('a desk prepares and reports, a node with the label generates the load', async () => {
  await using house = await openHouse({ env: { MARTEAU_ROLES: 'desk' } });
  await using target = await startTargetServer();
  const { url: repo } = await house.git.createRepo(
    'labelled',
    plainProject(target.url, 'nodes: {count: 1, labels: {region: eu}}\n'),
  );
  await using _node = await startApp('apps/worker/src/main.ts', {
    args: ['--roles', 'load'],
    env: {
      REDIS_URL: house.redis.url,
      MARTEAU_DATA: house.data,
      MARTEAU_NODE: 'load-eu',
      MARTEAU_LABELS: 'region=eu',
      MARTEAU_ROLES: undefined,
      ...house.mark.env,
    },
  });
  const run = await house.ends(await house.submit(repo));
  assert.equal(run.verdict, 'pass', run.reason ?? '');
  const results = JSON.parse(await house.file(run.id, 'results.json'));
  assert.match(JSON.stringify(results), /load-eu/);
});
