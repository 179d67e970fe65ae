import type { ForgeIssue, IssueApi } from '../issue.ts';
import { at, textAt } from '../payload.ts';
import type { ForgeApi } from './forge-api.ts';

const PAGE = 50;
const LONGEST = 65_000;

/** Issues as GitHub has them; Gitea and Forgejo alike. A pull request is an issue, too, and is none here. */
export function issuesLikeGitHub(api: ForgeApi): IssueApi {
  const issues = `/repos/${api.path}/issues`;
  let me: string | null = null;
  return {
    longest: LONGEST,
    async page(number) {
      me ??= textAt(await api.call('GET', '/user'), 'login') ?? '';
      const by = encodeURIComponent(me);
      // The one is named so by GitHub, the other by Gitea.
      const query = `state=open&type=issues&creator=${by}&created_by=${by}&per_page=${PAGE}&limit=${PAGE}&page=${number}`;
      const found = await api.call('GET', `${issues}?${query}`);
      const isOwn = (one: unknown) => textAt(one, 'user.login') === me && !at(one, 'pull_request');
      return Array.isArray(found) ? found.filter(isOwn).map(issueOf) : [];
    },
    create: async (title, body) => issueOf(await api.call('POST', issues, { title, body })).id,
    update: async (id, body, isOpen) =>
      void (await api.call('PATCH', `${issues}/${id}`, { body, state: isOpen ? 'open' : 'closed' })),
    comment: async (id, body) => void (await api.call('POST', `${issues}/${id}/comments`, { body })),
  };
}

function issueOf(issue: unknown): ForgeIssue {
  const body = at(issue, 'body');
  return { id: String(at(issue, 'number')), body: typeof body === 'string' ? body : '' };
}
