import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApp, startTargetServer } from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { plainProject, scriptOf } from './house/projects.ts';

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

test('where desks and nodes are apart, a node tries the script before several are taken', async () => {
  await using house = await openHouse({ env: { MARTEAU_ROLES: 'desk' } });
  await using target = await startTargetServer();
  await using stack = new AsyncDisposableStack();
  for (const name of ['load-1', 'load-2'])
    stack.use(
      await startApp('apps/worker/src/main.ts', {
        env: {
          REDIS_URL: house.redis.url,
          MARTEAU_DATA: house.data,
          MARTEAU_NODE: name,
          MARTEAU_ROLES: 'load',
          ...house.mark.env,
        },
      }),
    );
  const files = plainProject(target.url, 'nodes: 2\n');
  const broken = { ...files, 'plain.test.ts': scriptOf("assert.fail('out of tea');") };
  const { url: bad } = await house.git.createRepo('broken', broken);
  const refused = await house.ends(await house.submit(bad));
  assert.deepEqual([refused.state, refused.reasonCode, refused.attempt], ['error', 'preflight-failed', 0]);

  const { url: good } = await house.git.createRepo('good', files);
  const run = await house.ends(await house.submit(good));
  assert.equal(run.verdict, 'pass', run.reason ?? '');
  assert.match(await house.file(run.id, 'console.log'), /Preflight: two users got through the script/);
});
