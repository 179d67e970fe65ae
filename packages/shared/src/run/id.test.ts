import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newRunId, RUN_ID_PATTERN, runIdTime } from './id.ts';

const laterThan1970 = fc.integer({ min: 0, max: 32 ** 9 - 1 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('an id holds its moment and keeps its shape', () => {
  fc.assert(
    fc.property(laterThan1970, random, (now, r) => {
      const id = newRunId(now, () => r);
      assert.match(id, RUN_ID_PATTERN);
      assert.equal(runIdTime(id), now);
    }),
  );
});

test('ids sort by time', () => {
  fc.assert(
    fc.property(laterThan1970, laterThan1970, random, random, (a, b, r, s) => {
      fc.pre(a < b);
      assert.ok(newRunId(a, () => r) < newRunId(b, () => s));
    }),
  );
});
