import type { Bench } from '../bench.ts';

/** What of the benchmark of protocols one protocol has. */
export type Part = Pick<Bench, 'goals' | 'run'> & Required<Pick<Bench, 'round'>>;
