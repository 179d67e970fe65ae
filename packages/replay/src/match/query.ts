import type { Pattern } from './pattern.ts';

/** Path and query of a target; the query has its parts sorted, so that their order says nothing. */
export function splitTarget(target: string): { path: string; query: string } {
  const at = target.indexOf('?');
  if (at === -1) return { path: target, query: '' };
  const query = target.slice(at + 1);
  return {
    path: target.slice(0, at),
    query: query.includes('&') ? query.split('&').sort().join('&') : query,
  };
}

/** Whether each part of a query fits one of the patterns' own, whatever their order. */
export function queryMatches(patterns: readonly Pattern[], query: string): boolean {
  const parts = query === '' ? [] : query.split('&');
  if (parts.length !== patterns.length) return false;
  // The most literal first, so that `a=XXX` leaves `a=1` to who asks for it.
  for (const pattern of patterns) {
    const found = parts.findIndex((part) => pattern.matches(part));
    if (found === -1) return false;
    parts.splice(found, 1);
  }
  return true;
}
