import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namedRef } from './named-ref.ts';

const commit = '0af3c1d2'.repeat(5);

for (const [ref, wanted] of [
  [null, null],
  ['main', 'main'],
  [commit, null],
  ['0AF3C1D', null],
  ['deadbeef', 'deadbeef'],
  ['f'.repeat(40), null],
] as const)
  test(`${ref} names ${wanted ?? 'no branch'}`, () => assert.equal(namedRef({ ref, commit }), wanted));
