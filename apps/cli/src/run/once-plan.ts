import type { Plan } from '@marteau/shared';

const LONGEST_MS = 600_000;

/** Try once: one user, each test one time. @param tests how many the script has, or the one of `test` */
export function oncePlan(tests: number, test: string | null): Plan {
  return {
    steps: [
      {
        index: 0,
        name: 'once',
        model: 'closed',
        users: { from: 1, to: 1 },
        rate: null,
        maxUsers: null,
        iterations: { count: tests, per: 'all' },
        rampMs: 0,
        durationMs: LONGEST_MS,
        recorded: true,
        test,
      },
    ],
  };
}
