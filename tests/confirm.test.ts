import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmable } from '@marteau/report';
import { readResults } from '@marteau/report/schema';
import { openStore } from '@marteau/store';
import { waitUntil } from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { scriptOf } from './house/projects.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A shop that answers after so many ms. */
const shop = (ms: number) => ({
  '.marteau.yml': `
name: The slow shop
script: load.test.ts
cycles: 8
duration: 2s
app: {command: node server.js, ready: /hello}
`,
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

test('a change is confirmed by repeats of both commits, by turns, and the report says so', async () => {
  await using house = await openHouse();
  const repo = await house.git.createRepo('slow', shop(8));
  const good = await house.ends(await house.submit(repo.url));
  assert.equal(good.verdict, 'pass', good.reason ?? '');
  await repo.commit(shop(60), 'Wait seven times as long');
  const slow = await house.ends(await house.submit(repo.url));
  const before = readResults(await house.file(slow.id, 'results.json'));
  assert.deepEqual(confirmable(before), { baseline: good.id });

  const store = await openStore({
    redisUrl: house.redis.url,
    dataFolder: house.data,
    log: silent,
    clientName: 'test',
    kind: 'web',
  });
  try {
    await store.confirmations.begin(slow.id, good.id);
    const decided = await waitUntil(
      'the change to be confirmed',
      async () => {
        const confirmation = await store.confirmations.of(slow.id);
        return confirmation?.decision === 'undecided' ? null : confirmation;
      },
      { deadlineMs: 300_000 },
    );
    assert.equal(decided.decision, 'worse', decided.sentence);
    assert.ok(decided.pairs >= 3 && decided.change! > 0.5, decided.sentence);
    assert.deepEqual(decided.repeats.map(({ side }) => side).slice(0, 6), [
      'before',
      'after',
      'after',
      'before',
      'before',
      'after',
    ]);
    for (const { side, run } of decided.repeats) {
      const { commit, deliveries, kind, confirms } = (await store.runs.get(run))!;
      assert.deepEqual(
        [commit, deliveries, kind, confirms],
        [side === 'before' ? good.commit : slow.commit, [], 'repeat', slow.id],
      );
    }
    assert.deepEqual(await store.confirmations.open(), []);
    assert.deepEqual(await store.confirmations.begin(slow.id, good.id), decided, 'what is decided stays so');

    const after = readResults(await house.file(slow.id, 'results.json'));
    assert.equal(after.comparison!.grade, 'confirmed');
    const { runs } = await store.runs.list({ project: slow.project, limit: 10 });
    assert.deepEqual(
      runs.map(({ id, summary }) => [id, summary?.change?.grade]),
      [
        [slow.id, 'confirmed'],
        [good.id, undefined],
      ],
      'so do lists, in which repeats are no runs of the project',
    );
    assert.equal(runs[0]?.summary?.change?.change, decided.change);
    assert.match(await house.file(slow.id, 'report.html'), /Confirmed worse: p95 at 8 users \+/);
  } finally {
    await store.close();
  }
  await house.assertNothingLeft();
});
