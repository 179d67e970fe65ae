import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Stage } from '@marteau/shared';
import fc from 'fast-check';
import { DueArrivals, type OpenStage, openStages } from './due-arrivals.ts';
import { GroupedArrivals } from './grouped-arrivals.ts';
import { schedule } from './schedule.ts';

const alone = { share: { index: 0, of: 1 }, thread: { index: 0, of: 1 } };
const open: Stage = {
  index: 0,
  name: '',
  model: 'open',
  users: null,
  rate: { from: 0, to: 0 },
  maxUsers: 100,
  iterations: null,
  rampMs: 0,
  durationMs: 200,
  recorded: true,
  test: null,
};

function stagesOf(...rates: [from: number, to: number][]): OpenStage[] {
  const stages = rates.map(([from, to], index) => ({ ...open, index, rate: { from, to } }));
  return openStages(schedule(stages, 0), alone);
}

function groupedOf(stages: readonly OpenStage[]) {
  const found: { due: number; number: number; stage: number }[] = [];
  const grouped = new GroupedArrivals(stages);
  for (let { next } = grouped; next; { next } = grouped) {
    found.push({ due: next.due, number: next.number, stage: next.stage.index });
    grouped.advance();
  }
  return found;
}

describe('arrivals that are begun together', () => {
  const rate = fc.integer({ min: 0, max: 20_000 });

  it('are the same ones, in their order, none more than 0.7 ms from its moment', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(rate, rate), { minLength: 1, maxLength: 3 }), (rates) => {
        const found = groupedOf(stagesOf(...rates));
        const exact = new DueArrivals(stagesOf(...rates));
        let before = 0;
        for (const { due, number, stage } of found) {
          assert.deepEqual([number, stage], [exact.number, exact.stage.index]);
          assert.ok(Math.abs(due - exact.due) <= 0.7 + 1e-6, `${due} for ${exact.due}`);
          assert.ok(due >= before, `${due} after ${before}`);
          before = due;
          exact.advance();
        }
        assert.equal(exact.due, Number.POSITIVE_INFINITY);
      }),
      { numRuns: 30 },
    );
  });

  it('are exact up to a thousand a second', () => {
    const exact = new DueArrivals(stagesOf([1, 1000]));
    for (const { due } of groupedOf(stagesOf([1, 1000]))) {
      assert.equal(due, exact.due);
      exact.advance();
    }
  });

  it('are seven or eight at 5,000 a second', () => {
    const moments = new Map<number, number>();
    for (const { due } of groupedOf(stagesOf([5000, 5000]))) moments.set(due, (moments.get(due) ?? 0) + 1);
    const sizes = [...moments.values()].slice(0, -1);
    assert.ok(
      sizes.every((size) => size === 7 || size === 8),
      sizes.join(),
    );
  });

  it('go on by other stages', () => {
    const grouped = new GroupedArrivals(stagesOf([5000, 5000]));
    let count = 0;
    for (; (grouped.next?.due ?? 100) < 100; count += 1) grouped.advance();
    const [cut, next] = openStages(
      schedule(
        [
          { ...open, rate: { from: 5000, to: 5000 }, durationMs: 100 },
          { ...open, index: 1, rate: { from: 1000, to: 1000 }, durationMs: 100 },
        ],
        0,
      ),
      alone,
    );
    grouped.follow([cut!, next!]);
    let after = 0;
    for (; grouped.next; after += 1) grouped.advance();
    // What was looked at beforehand may still come.
    assert.ok(count + after >= 600 && count + after <= 610, `${count} + ${after}`);
  });
});
