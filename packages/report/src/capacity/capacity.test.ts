import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atRate, cycles } from '../fixtures/plans.ts';
import { thresholds } from '../fixtures/scenarios/input.ts';
import { scenarios } from '../fixtures/scenarios.ts';
import { shop } from '../fixtures/shop.ts';
import { type Simulation, simulate } from '../fixtures/simulate.ts';
import { mergeMeasurements } from '../merge/merge-measurements.ts';
import { buildResults } from '../results/build-results.ts';

const base = scenarios.pass();
const startedAt = '2026-11-21T09:29:58.004Z';

/** A target with a known law: N* = sqrt((1 - σ) / κ). */
function capacityAt(changes: Partial<Simulation>, ...bounds: string[]) {
  const simulation = {
    seed: 9,
    startedAt,
    labels: shop,
    perUser: 6,
    contention: 0.02,
    coherency: 0.0004,
    plan: cycles([5, 10, 20, 40, 80, 120], 20),
    ...changes,
  };
  const measurements = mergeMeasurements(simulate(simulation));
  return buildResults({ ...base, plan: simulation.plan, thresholds: thresholds(...bounds), measurements })
    .capacity;
}

describe('capacity', () => {
  test('finds the knee where the law has it, with an interval around it', () => {
    const knee = capacityAt({}, 'errors < 1%')!.fit!.knee!;
    const wanted = Math.sqrt(0.98 / 0.0004); // 49.5
    assert.ok(Math.abs(knee.users - wanted) / wanted < 0.05, `${knee.users}`);
    assert.ok(knee.low < knee.users && knee.users < knee.high!);
    assert.ok(knee.low > 0.85 * wanted && knee.high! < 1.15 * wanted);
  });

  test('tells no knee beyond the data', () => {
    const capacity = capacityAt({ plan: cycles([2, 5, 10, 15], 20) }, 'errors < 1%')!;
    assert.equal(capacity.fit?.knee, null);
    assert.equal(capacity.sentence.endsWith('No knee up to 15 users.'), true, capacity.sentence);
  });

  test('a ramp of users is as good as stages', () => {
    const [stage] = cycles([120], 60).steps;
    const plan = {
      steps: [
        { ...stage!, users: { from: 1, to: 120 }, name: '1 to 120 users' },
        ...cycles([5, 40], 20).steps.map((one, i) => ({ ...one, index: i + 1 })),
      ],
    };
    assert.ok(capacityAt({ plan }, 'errors < 1%') !== null);
  });

  test('says up to where the thresholds hold', () => {
    const capacity = capacityAt({}, 'p95 < 150ms', 'errors < 1%')!;
    assert.match(
      capacity.sentence,
      /^Holds \d+ users \(\d+ requests\/s\)\. Breaks at \d+ users: p95 \d+ ms \(wanted < 150 ms\)\. Beyond about \d+ users/,
    );
    assert.ok(capacity.within !== null && capacity.beyond === capacity.within + 1);
  });

  test('says so when even the least load is too much', () => {
    assert.match(capacityAt({}, 'p95 < 1ms')!.sentence, /^Breaks at 5 users already: p95/);
  });

  test('of an open model speaks of rates', () => {
    const steps = [20, 40].map((rate, index) => ({ ...atRate(rate, 15).steps[0]!, index }));
    assert.match(
      capacityAt({ plan: { steps } }, 'errors < 1%')!.sentence,
      /^Holds 40\/s \(\d+ requests\/s\), the most that was tried\.$/,
    );
  });

  test('is not told of a single load, nor of an invalid run', () => {
    assert.equal(capacityAt({ plan: cycles([10], 5) }), null);
    assert.equal(buildResults(scenarios.invalid()).capacity, null);
  });

  test('the best stage has the most rate for satisfied users', () => {
    const { capacity, steps } = buildResults(scenarios.fail());
    const fastest = steps.toSorted((a, b) => b.requests.rate - a.requests.rate)[0]!;
    assert.equal(capacity?.best, fastest.plan.index);
  });
});
