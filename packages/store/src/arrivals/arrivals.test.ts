import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { openTestbed } from '../fixtures/testbed.ts';
import type { Store } from '../index.ts';
import { type Arrival, arrivalId } from './arrival.ts';

const project = 'p00000000000a';
const arrival = (name: string, more: Partial<Arrival> = {}): Arrival => ({
  id: arrivalId(project, name),
  project,
  at: new Date(Date.now()).toISOString(),
  forge: 'github',
  delivery: name,
  headers: {},
  events: [
    {
      kind: 'push',
      repo: 'https://git.example.com/team/shop',
      ref: 'main',
      sha: 'a'.repeat(40),
      before: null,
      defaultBranch: 'main',
      message: '',
      sender: 'ada',
      files: null,
    },
  ],
  answer: 202,
  state: 'waiting',
  why: null,
  runs: [],
  tries: 0,
  ...more,
});

/** Takes every job of a hook, and settles it. */
function workOn(store: Store) {
  const seen: string[] = [];
  const work = store.work('hook', async ({ project, id }) => {
    const found = await store.arrivals.get(project, id);
    if (found?.state !== 'waiting') return 'stale';
    seen.push(found.delivery ?? '');
    await store.arrivals.settle({ ...found, state: 'done' });
    return 'done';
  });
  return { seen, work };
}

test('a call is taken once, its job comes once, and nothing of it stays in the spool', async () => {
  await using bed = await openTestbed();
  const store = await bed.open({ kind: 'web' });
  const { seen, work } = workOn(store);
  await Promise.all(['a', 'b', 'a', 'c'].map((name) => store.arrivals.accept(arrival(name))));
  await waitUntil('all of them', () => seen.length === 3);
  await store.arrivals.accept(arrival('b'));
  await waitUntil(
    'the spool to be empty',
    async () => (await readdir(join(bed.dataFolder, 'spool'))).length === 0,
  );
  assert.equal(await store.arrivals.isKnown(arrivalId(project, 'a')), true);
  assert.equal(await store.arrivals.isKnown(arrivalId(project, 'z')), false);
  assert.deepEqual(seen.toSorted(), ['a', 'b', 'c']);
  await work.close(1000);
});

test('what is accepted while Redis is away is done once it is back, also by the next process', async () => {
  await using bed = await openTestbed();
  const first = await bed.open({ kind: 'web' });
  await bed.redis.kill();
  await Promise.all(Array.from({ length: 20 }, (_, n) => first.arrivals.accept(arrival(`n${n}`))));
  assert.ok((await readdir(join(bed.dataFolder, 'spool'))).length > 0);
  await first.close();
  await bed.redis.restart();
  const second = await bed.open({ kind: 'web' });
  const { seen, work } = workOn(second);
  await waitUntil('all of them', () => seen.length === 20);
  assert.equal(new Set(seen).size, 20);
  await work.close(1000);
});

test('fifty are kept that are done with, and all that wait; one is done again when somebody asks for it', async () => {
  await using bed = await openTestbed();
  const store = await bed.open({ kind: 'web' });
  for (let n = 0; n < 60; n++)
    await store.arrivals.note(
      arrival(`i${n}`, { state: 'ignored', answer: 200, why: 'A ping.', events: [] }),
    );
  await Promise.all(['w1', 'w2'].map((name) => store.arrivals.accept(arrival(name))));
  const states = async () => (await store.arrivals.list(project)).map(({ state }) => state);
  await waitUntil('all of them', async () => (await states()).length === 52);
  const { seen, work } = workOn(store);
  await waitUntil('both', () => seen.length === 2);
  await waitUntil('fifty', async () => (await states()).length === 50);
  const again = await store.arrivals.replay(project, arrivalId(project, 'w1'));
  assert.equal(again.replayOf, arrivalId(project, 'w1'));
  await waitUntil('it again', () => seen.length === 3);
  assert.equal(seen[2], 'w1');
  await assert.rejects(store.arrivals.replay(project, arrivalId(project, 'i59')), {
    code: 'nothing-to-replay',
  });
  await assert.rejects(store.arrivals.replay(project, 'h0'), { code: 'not-found' });
  await work.close(1000);
});
