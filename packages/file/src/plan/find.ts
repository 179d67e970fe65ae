import type { Range } from '../grammar/ranges.ts';

/** How many rates are tried between the last one that held and the first one that did not. */
export const bisections = 6;

/** The rates of a search until one breaks: each twice the one before, the highest as given. */
export function searchRates({ from, to }: Range): number[] {
  const rates: number[] = [];
  for (let rate = from; rate < to; rate *= 2) rates.push(rate);
  return [...rates, to];
}
