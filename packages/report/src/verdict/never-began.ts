import { failureInWords } from '@marteau/measure';
import { formatCount } from '@marteau/shared';
import type { Evidence } from './evidence.ts';

/** More users than this part of a stage's who never began, and the load was not what the file asks for. */
const MOST_WITHOUT = 0.01;

/** Which users never began, and the most frequent reason; null where all did, or nearly. */
export function neverBegan({ steps, merged }: Evidence): string | null {
  const worst = steps
    .flatMap(({ starts }) => (starts !== null && starts.users > 0 ? starts : []))
    .toSorted((a, b) => b.neverBegan / b.users - a.neverBegan / a.users)[0];
  if (worst === undefined || worst.neverBegan / worst.users <= MOST_WITHOUT) return null;
  const users = `${formatCount(worst.neverBegan)} of ${formatCount(worst.users)} users never began`;
  const reason = merged.failures
    .filter(({ hook }) => hook === 'load' || hook === 'before')
    .toSorted((a, b) => b.count - a.count)[0];
  return reason === undefined ? `${users}.` : `${users}: ${failureInWords(reason)}.`;
}
