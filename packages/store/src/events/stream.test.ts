import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAfter } from './stream.ts';

test('ids of a stream are ordered by their two numbers', () => {
  const part = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 2 ** 45 }));
  fc.assert(
    fc.property(part, part, part, part, (aMs, aN, bMs, bN) => {
      assert.equal(isAfter(`${aMs}-${aN}`, `${bMs}-${bN}`), aMs > bMs || (aMs === bMs && aN > bN));
    }),
  );
});
