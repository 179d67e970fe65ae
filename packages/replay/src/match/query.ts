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

export function partsOf(query: string): string[] {
  return query === '' ? [] : query.split('&');
}

/** Whether each part of a query fits one of the patterns' own, whatever their order. */
export function queryMatches(patterns: readonly Pattern[], parts: readonly string[]): boolean {
  if (parts.length !== patterns.length) return false;
  if (parts.length === 1) return patterns[0]!.matches(parts[0]!);
  // The most literal first, so that `a=XXX` leaves `a=1` to who asks for it.
  const left = [...parts];
  for (const pattern of patterns) {
    const found = left.findIndex((part) => pattern.matches(part));
    if (found === -1) return false;
    left.splice(found, 1);
  }
  return true;
}
