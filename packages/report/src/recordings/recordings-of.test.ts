import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordingRecord } from '@marteau/measure';
import type { Judgement } from '../schema/judgement.ts';
import { withRecordings } from './recordings-of.ts';

const record = (over: Partial<RecordingRecord>): RecordingRecord => ({
  name: 'payments',
  mode: 'replay',
  verdict: 'fail',
  calls: 10,
  replayed: 8,
  recorded: 0,
  passed: 0,
  unmatched: 2,
  differing: 0,
  sentences: ['GET /x is not on the tape.'],
  ...over,
});

const judged = (verdict: Judgement['verdict']): Judgement => ({
  verdict,
  reason: 'as it was',
  thresholds: [],
});

test('what was not on the tape comes before what it caused', () => {
  const { verdict, reason } = withRecordings(judged('fail'), [record({})]);
  assert.equal(verdict, 'fail');
  assert.match(reason, /^2 of 10 calls to payments .* GET \/x is not on the tape\. as it was$/);
});

for (const [what, before, over, after] of [
  ['unmatched requests fail a run', 'pass', {}, 'fail'],
  ['also one whose generator was too slow', 'invalid', {}, 'fail'],
  ['or make it invalid', 'pass', { verdict: 'invalid' }, 'invalid'],
  ['or nothing', 'pass', { verdict: 'none' }, 'pass'],
  ['differences count like them', 'pass', { unmatched: 0, differing: 1, mode: 'diff' }, 'fail'],
  ['what was recorded is fine', 'pass', { mode: 'replayOrRecord' }, 'pass'],
  ['and so is a tape that held all', 'pass', { unmatched: 0 }, 'pass'],
] as [string, Judgement['verdict'], Partial<RecordingRecord>, Judgement['verdict']][]) {
  test(what, () => {
    const { verdict, reason } = withRecordings(judged(before), [record(over)]);
    assert.equal(verdict, after);
    if (verdict !== before)
      assert.match(reason, /^\d of 10 calls to payments .* GET \/x is not on the tape\.$/);
    else assert.equal(reason, 'as it was');
  });
}
