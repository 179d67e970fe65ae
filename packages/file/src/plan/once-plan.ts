import type { Plan } from '@marteau/shared';

const LONGEST_MS = 600_000;

/**
 * Try once: one user does each test one time, in their order, because a test may go on from what the one before left.
 * The engine leaves weights aside for it.
 * @param tests by full name; at least one
 */
export function oncePlan(tests: readonly string[]): Plan {
  return {
    steps: [
      {
        index: 0,
        name: 'once',
        model: 'closed',
        users: { from: 1, to: 1 },
        rate: null,
        maxUsers: null,
        iterations: { count: tests.length, per: 'all' },
        rampMs: 0,
        durationMs: LONGEST_MS,
        recorded: true,
        test: null,
      },
    ],
  };
}
