import type { Plan, Step } from '@marteau/shared';

const blank: Omit<Step, 'index' | 'name'> = {
  model: 'closed',
  users: null,
  rate: null,
  maxUsers: null,
  iterations: null,
  rampMs: 1000,
  durationMs: 30_000,
  recorded: true,
  test: null,
};

/** FunkLoad's cycles: so many users each, for so many seconds each. */
export function cycles(users: readonly number[], seconds: number): Plan {
  return {
    steps: users.map((n, index) => ({
      ...blank,
      index,
      name: n === 1 ? '1 user' : `${n} users`,
      users: { from: n, to: n },
      durationMs: seconds * 1000,
    })),
  };
}

/** An open model at one rate. */
export function atRate(rate: number, seconds: number): Plan {
  return {
    steps: [
      {
        ...blank,
        index: 0,
        name: `${rate}/s`,
        model: 'open',
        rate: { from: rate, to: rate },
        maxUsers: 400,
        rampMs: 0,
        durationMs: seconds * 1000,
      },
    ],
  };
}
