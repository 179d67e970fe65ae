import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTargetServer } from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { plainProject, scriptOf, visitHello } from './house/projects.ts';

test('a script that nobody gets through takes no node; one that works runs on all of them', async () => {
  await using house = await openHouse({ workers: 2 });
  await using target = await startTargetServer();
  const files = plainProject(target.url, 'nodes: 2\n');

  const broken = { ...files, 'plain.test.ts': scriptOf(`${visitHello}\n      assert.fail('out of tea');`) };
  const { url: bad } = await house.git.createRepo('broken', broken);
  const refused = await house.ends(await house.submit(bad));
  assert.deepEqual([refused.state, refused.reasonCode, refused.attempt], ['error', 'preflight-failed', 0]);
  assert.match(refused.reason!, /the test: out of tea \(plain\.test\.ts:\d+:\d+\)\. "Try once" shows/);

  const { url: good } = await house.git.createRepo('good', files);
  const run = await house.ends(await house.submit(good));
  assert.deepEqual([run.verdict, run.nodes, run.attempt], ['pass', 2, 1], run.reason ?? '');
  assert.match(await house.file(run.id, 'console.log'), /Preflight: two users got through the script/);
  await house.assertNothingLeft();
});
