import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bisect } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { openHouse } from '../house/house.ts';
import { scriptOf } from '../house/projects.ts';
import { isLong } from './size.ts';

/** A shop that answers after so many ms. */
const shop = (ms: number) => ({
  '.marteau.yml':
    'name: Shop\nscript: load.test.ts\ncycles: 8\nduration: 1s\napp: {command: node server.js, ready: /hello}\n',
  'load.test.ts': scriptOf(`
      const response = await fetch('/hello');
      assert.equal(response.status, 200);
      await response.text();`),
  'server.js': `
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
createServer(async (_, response) => { await sleep(${ms}); response.end('hello'); }).listen(process.env.PORT, '127.0.0.1');`,
  'package.json': '{"type": "module"}',
});

test('the commit that made an app slower is found between a good run and a bad one', {
  skip: isLong ? false : 'it takes minutes; its rounds are tested by themselves',
}, async () => {
  await using house = await openHouse();
  const repo = await house.git.createRepo('team/shop', shop(8));
  const good = await house.ends(await house.submit(repo.url));
  const culprit = await repo.commit(shop(50), 'Ask the warehouse for each item');
  const bad = await house.ends(await house.submit(repo.url));
  const begun = await house.api<Bisect>('POST', `/runs/${bad.id}/bisect`, {});
  assert.deepEqual([begun.good, begun.commits.length], [good.id, 1]);
  const found = await waitUntil(
    'the commit to be found',
    async () => {
      const bisect = await house.api<Bisect>('GET', `/runs/${bad.id}/bisect`);
      return bisect.state !== 'running' && bisect;
    },
    { deadlineMs: 400_000 },
  );
  assert.deepEqual(
    [found.state, found.culprit, found.direction],
    ['found', culprit, 'worse'],
    found.sentence,
  );
  assert.match(found.sentence, /^[0-9a-f]{8} \(Ask the warehouse for each item\) made it worse\.$/);
  assert.equal(found.steps.length, 1);
  await house.assertNothingLeft();
});
