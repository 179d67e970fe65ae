import { RunState, Verdict } from '@marteau/shared';
import type { SearchQuery } from './find.ts';

const texts = ['q', 'project', 'ref', 'commit', 'tag', 'who', 'since', 'until'] as const;
const LONGEST = 2048;

/** What an address asks for. What is no state or no verdict asks nothing. */
export function searchIn(asked: Readonly<Record<string, string | undefined>>): {
  query: SearchQuery;
  /** Whether it takes the index: lists by project and state need none. */
  isSearch: boolean;
} {
  const query: SearchQuery = {
    state: RunState.enum.find((known) => known === asked.state),
    verdict: Verdict.enum.find((known) => known === asked.verdict),
  };
  for (const name of texts) query[name] = asked[name]?.trim().slice(0, LONGEST) || undefined;
  const { state: _, project: __, ...others } = query;
  return { query, isSearch: Object.values(others).some((value) => value !== undefined) };
}
