import type { Results } from '../schema/results.ts';

/** Whether iterations were counted: a tool of others may tell of requests alone, and none is then no number. */
export function tellsIterations({ source, steps }: Pick<Results, 'source' | 'steps'>): boolean {
  return source === undefined || steps.some(({ tests }) => tests.count > 0);
}
