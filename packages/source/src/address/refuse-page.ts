import { MarteauError } from '@marteau/shared';

/** How hosts write the addresses of their pages, behind that of the repository; the branch, tag or commit by name. */
const pages = [
  // GitLab
  /^(?<path>.+?)\/-\/(?:tree|blob|blame|raw|commits?)\/(?<ref>[^/]+)/,
  /^(?<path>.+?)\/-(?:\/|$)/,
  // Gitea, Forgejo
  /^(?<path>.+?)\/(?:src|raw|commits)\/(?:branch|tag|commit)\/(?<ref>[^/]+)/,
  // Bitbucket
  /^(?<path>[^/]+\/[^/]+)\/src\/(?<ref>[^/]+)/,
  // GitHub, and many others
  /^(?<path>.+?)\/(?:tree|blob|blame|raw)\/(?<ref>[^/]+)/,
  /^(?<path>[^/]+\/[^/]+)\/commits?\/(?<ref>[^/]+)/,
  /^(?<path>[^/]+\/[^/]+)\/(?:pulls?|issues|actions|releases|tags|branches|wiki|pull-requests)(?:\/|$)/,
];

/**
 * Refuses the address of a page about a repository, as a browser shows it, and tells the repository that was meant. One
 * that ends in `.git` is taken at its word.
 * @param path of the address, without a slash before it
 * @throws MarteauError address-of-page
 */
export function refusePage(origin: string, path: string): void {
  if (path.endsWith('.git')) return;
  for (const page of pages) {
    const { path: repo, ref = '' } = page.exec(path)?.groups ?? {};
    if (repo === undefined) continue;
    const what = /^[0-9a-f]{40}$/.test(ref) ? 'commit' : 'branch';
    const meant = `${origin}/${repo}${ref && `, ${what} ${ref}`}`;
    throw new MarteauError('address-of-page', { meant, address: `${origin}/${path}` });
  }
}
