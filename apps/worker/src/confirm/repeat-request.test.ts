import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Confirmation } from '@marteau/shared';
import { nextSide } from './repeat-request.ts';

test('commits run by turns, and which one is first alternates from pair to pair', () => {
  const repeats: Confirmation['repeats'] = [];
  for (let i = 0; i < 8; i++) repeats.push({ side: nextSide(repeats), run: `r${i}` });
  const order = repeats.map(({ side }) => side[0]).join('');
  assert.equal(order, 'baabbaab');
});
