import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queuePrefix, redisKeys } from './keys.ts';

test('every key begins with the version of the data and names its kind', () => {
  for (const [kind, key] of Object.entries(redisKeys)) {
    const name = key('r1');
    assert.ok(name === `marteau:1:${kind}` || name === `marteau:1:${kind}:r1`, name);
  }
});

test('no kind is the beginning of BullMQ’s keys', () => {
  const names = Object.values(redisKeys).map((key) => key('r1'));
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.every((name) => !`${name}:`.startsWith(`${queuePrefix}:`)));
});
