import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInspection } from './own-plan.ts';

test('what k6 itself says of its plan: the last scenario ends it, without the time for stragglers', () => {
  const length = (scenarios: object) =>
    readInspection(JSON.stringify({ scenarios, totalDuration: '2m6s' }))?.lengthMs;
  const stages = [{ duration: '1m30s' }, { duration: '10s' }];
  assert.equal(length({ default: { stages, duration: null, startTime: null } }), 100_000);
  assert.equal(length({ a: { duration: '6s' }, b: { duration: '1m', startTime: '30s' } }), 90_000);
  assert.equal(length({ a: { duration: '500ms' } }), 500);
  assert.equal(length({ a: { iterations: 5, maxDuration: null } }), undefined);
  for (const printed of ['', '{', '{}', 'null', '{"scenarios":{}}'])
    assert.equal(readInspection(printed), null);
});
