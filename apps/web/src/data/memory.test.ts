import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemory } from './memory.ts';

test('an answer is remembered for a time, a failure is not, and the oldest go', async () => {
  let now = 0;
  let calls = 0;
  const memory = createMemory<number>(2, 100, () => now);
  const fetch = async () => ++calls;
  assert.deepEqual(await Promise.all([memory.get('a', fetch), memory.get('a', fetch)]), [1, 1]);
  now = 101;
  assert.equal(await memory.get('a', fetch), 2);
  await memory.get('b', fetch);
  await memory.get('c', fetch);
  assert.equal(await memory.get('a', fetch), 5);
  await assert.rejects(memory.get('d', async () => assert.fail('away')));
  assert.equal(await memory.get('d', fetch), 6);
  memory.forget('a');
  assert.equal(await memory.get('a', fetch), 7);
  memory.forget();
  assert.equal(await memory.get('a', fetch), 8);
});
