import type { Run } from '@marteau/shared';

export interface CommitView {
  short: string;
  subject: string;
  /** The commit's page, where the host is known to have one. */
  href: string | null;
}

/** How well-known kinds of git hosts name the page of a commit. */
const hosts: readonly (readonly [host: RegExp, path: string])[] = [
  [/(^|\.)gitlab\b/, '/-/commit/'],
  [/^bitbucket\.org$/, '/commits/'],
  [/^(.*\.)?(github|gitea|forgejo|codeberg|git\.sr)\b/, '/commit/'],
];

export function commitView(run: Pick<Run, 'repo' | 'commit' | 'commitSubject'>): CommitView | null {
  if (run.commit === null) return null;
  return {
    short: run.commit.slice(0, 8),
    subject: run.commitSubject ?? '',
    href: commitPage(run.repo, run.commit),
  };
}

function commitPage(repo: string, sha: string): string | null {
  if (!URL.canParse(repo)) return null;
  const url = new URL(repo);
  if (url.protocol !== 'https:') return null;
  const known = hosts.find(([host]) => host.test(url.hostname));
  if (!known) return null;
  const path = url.pathname.replace(/\/+$/, '').replace(/\.git$/, '');
  return `${url.origin}${path}${known[1]}${sha}`;
}
