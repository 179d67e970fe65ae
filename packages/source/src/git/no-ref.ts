import { MarteauError, nearest } from '@marteau/shared';
import { looksLikeShortSha } from '../ref.ts';

const MOST_NAMES = 5;

/** The error for a branch or tag that is not there, where these refs are. */
export function errorForNoRef(repo: string, name: string, refs: readonly string[]): MarteauError {
  if (refs.length === 0) return new MarteauError('clone-empty', { repo });
  if (looksLikeShortSha(name)) return new MarteauError('ref-short-sha', { ref: name });
  return new MarteauError('ref-unknown', { ref: name, repo, branches: listed(name, namesOf(refs)) });
}

interface Names {
  readonly branches: readonly string[];
  readonly tags: readonly string[];
}

function namesOf(refs: readonly string[]): Names {
  const after = (prefix: string) =>
    refs.filter((ref) => ref.startsWith(prefix)).map((ref) => ref.slice(prefix.length));
  return { branches: after('refs/heads/'), tags: after('refs/tags/').filter((tag) => !tag.endsWith('^{}')) };
}

/** A few names, the one that was probably meant first. */
function listed(name: string, { branches, tags }: Names): string {
  const meant = nearest(name, [...branches, ...tags]);
  const names = [...new Set([...(meant ? [meant] : []), ...branches])];
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
