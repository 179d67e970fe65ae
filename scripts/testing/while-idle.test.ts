import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { waitUntil } from '@marteau/testkit';
import { workWhileIdle } from './while-idle.ts';

/** Work that ends when it is told to. */
function open(items: number, idle: () => number, { most = 3, signal = new AbortController().signal } = {}) {
  const ends = new Map<number, () => void>();
  let asked = 0;
  const results = workWhileIdle(
    Array.from({ length: items }, (_, i) => i),
    (item) => new Promise<number>((resolve) => ends.set(item, () => resolve(item))),
    {
      least: 1,
      most,
      signal,
      everyMs: 1,
      idle: () => {
        asked += 1;
        return idle();
      },
    },
  );
  /** Until it has looked for room a few times. */
  const looked = async () => {
    const before = asked;
    await waitUntil('a few looks', () => asked > before + 3);
  };
  return { ends, results, looked };
}

test('a busy machine gets no more than the least', async () => {
  const { ends, results, looked } = open(3, () => 0.1);
  for (const item of [0, 1, 2]) {
    await looked();
    assert.deepEqual([...ends.keys()].at(-1), item);
    ends.get(item)!();
    await turn();
  }
  assert.deepEqual(await results, [0, 1, 2]);
});

test('an idle one gets more, up to the most, in the order of the list', async () => {
  const { ends, results, looked } = open(5, () => 0.9);
  await looked();
  assert.deepEqual([...ends.keys()], [0, 1, 2]);
  ends.get(1)!();
  await waitUntil('the fourth', () => ends.has(3));
  ends.get(3)!();
  await waitUntil('the fifth', () => ends.has(4));
  for (const item of [4, 2, 0]) ends.get(item)!();
  assert.deepEqual(await results, [1, 3, 4, 2, 0]);
});

test('what is cut begins nothing more, and waits for what was begun', async () => {
  const cut = new AbortController();
  const { ends, results } = open(3, () => 0, { signal: cut.signal });
  cut.abort();
  ends.get(0)!();
  assert.deepEqual(await results, [0]);
});

test('nothing to do is done at once', async () => {
  assert.deepEqual(await open(0, () => 1).results, []);
});

test('a mistake of the work is no silence', async () => {
  const failing = workWhileIdle([1], () => Promise.reject(new Error('the reason')), {
    least: 1,
    most: 1,
    signal: new AbortController().signal,
  });
  await assert.rejects(failing, /the reason/);
});
