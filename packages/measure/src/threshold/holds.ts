import type { Threshold } from './threshold.ts';

/** Whether a value keeps a bound. */
export function holds({ comparison, bound }: Threshold, measured: number): boolean {
  switch (comparison) {
    case '<':
      return measured < bound;
    case '<=':
      return measured <= bound;
    case '>':
      return measured > bound;
    case '>=':
      return measured >= bound;
  }
}
