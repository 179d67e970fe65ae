import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw, saltOf } from './random.ts';

test('the same places draw the same number', () => {
  for (let i = 0; i < 1000; i++) assert.equal(draw(42, 7, i, 3), draw(42, 7, i, 3));
  assert.notEqual(draw(42, 7, 1, 3), draw(43, 7, 1, 3));
  assert.notEqual(draw(1, 7), draw(2 ** 32 + 1, 7), 'all 53 bits of a seed count');
  assert.notEqual(saltOf('error'), saltOf('delay'));
});

test('20 % of 100,000 requests are 20 % ± 0.5 %, for any seed, on one connection and on many', () => {
  for (const seed of [0, 1, 42, 2 ** 53 - 1]) {
    for (const perConnection of [1, 10, 100_000]) {
      let hits = 0;
      for (let i = 0; i < 100_000; i++) {
        if (draw(seed, saltOf('error'), Math.floor(i / perConnection) + 1, (i % perConnection) + 1) < 0.2)
          hits++;
      }
      assert.ok(Math.abs(hits - 20_000) <= 500, `${hits} with seed ${seed}`);
    }
  }
});
