import type { Plan, Stage } from '@marteau/shared';

const LONGEST_ONCE_MS = 600_000;
const LONGEST_PREFLIGHT_MS = 60_000;

const few: Omit<Stage, 'name' | 'users' | 'iterations' | 'durationMs'> = {
  index: 0,
  model: 'closed',
  rate: null,
  maxUsers: null,
  rampMs: 0,
  recorded: true,
  test: null,
};

/**
 * Try once: one user does each test one time, in their order, because a test may go on from what the one before left.
 * The engine leaves weights aside for it.
 * @param tests by full name; at least one
 */
export function oncePlan(tests: readonly string[]): Plan {
  return {
    steps: [
      {
        ...few,
        name: 'once',
        users: { from: 1, to: 1 },
        iterations: { count: tests.length, per: 'all' },
        durationMs: LONGEST_ONCE_MS,
      },
    ],
  };
}

/** Before several nodes are taken: two users, two iterations each, show whether anybody gets through the script. */
export const preflightPlan: Plan = {
  steps: [
    {
      ...few,
      name: 'preflight',
      users: { from: 2, to: 2 },
      iterations: { count: 2, per: 'user' },
      durationMs: LONGEST_PREFLIGHT_MS,
    },
  ],
};
