import { formatCount } from './numbers.ts';

/** A count with its noun: 1 → '1 error', 1200 → '1\u202f200 errors'. */
export function countOf(count: number, one: string): string {
  return `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`;
}

/** A sentence with a capital, unless it begins with a name such as p95 or "redis:". */
export function capitalized(sentence: string): string {
  return sentence.replace(/^[a-z]+(?= )/, (word) => word[0]!.toUpperCase() + word.slice(1));
}
