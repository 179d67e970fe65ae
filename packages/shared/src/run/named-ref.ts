import type { Run } from './run.ts';

/** The branch or tag of a run; null for the default branch, and for a commit, which is told as one. */
export function namedRef({ ref, commit }: Pick<Run, 'ref' | 'commit'>): string | null {
  if (ref === null || /^[0-9a-f]{40}$/i.test(ref)) return null;
  const isCommit = /^[0-9a-f]{7,}$/i.test(ref) && commit?.startsWith(ref.toLowerCase()) === true;
  return isCommit ? null : ref;
}
