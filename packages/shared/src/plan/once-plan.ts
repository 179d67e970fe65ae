import type { Plan } from './plan.ts';

const LONGEST_MS = 600_000;

/** Try once: each test one time, each by a user of its own, whatever their weights. @param tests by full name */
export function oncePlan(tests: readonly string[]): Plan {
  return {
    steps: tests.map((test, index) => ({
      index,
      name: test,
      model: 'closed',
      users: { from: 1, to: 1 },
      rate: null,
      maxUsers: null,
      iterations: { count: 1, per: 'all' },
      rampMs: 0,
      durationMs: LONGEST_MS,
      recorded: true,
      test,
    })),
  };
}
