import type { ForgeIssue, IssueApi } from '../issue.ts';
import { at, textAt } from '../payload.ts';
import type { ForgeApi } from './forge-api.ts';

const LONGEST = 65_000;

/**
 * Issues as GitHub has them; Gitea and Forgejo alike. A pull request is an issue, too, and is none here.
 * @param queryOf what asks for those of a user alone, as the forge names it
 */
export function issuesLikeGitHub(api: ForgeApi, queryOf: (user: string) => Record<string, string>): IssueApi {
  const issues = `/repos/${api.path}/issues`;
  let me: string | null = null;
  const issueOf = (issue: unknown): ForgeIssue => {
    const body = at(issue, 'body');
    return {
      id: String(at(issue, 'number')),
      body: typeof body === 'string' ? body : '',
      isOwn: textAt(issue, 'user.login') === me && !at(issue, 'pull_request'),
    };
  };
  return {
    longest: LONGEST,
    async page(number) {
      me ??= textAt(await api.call('GET', '/user'), 'login') ?? '';
      const query = new URLSearchParams({ state: 'open', page: String(number), ...queryOf(me) });
      const found = await api.call('GET', `${issues}?${query}`);
      return Array.isArray(found) ? found.map(issueOf) : [];
    },
    create: async (title, body) => issueOf(await api.call('POST', issues, { title, body })).id,
    update: async (id, body, isOpen) =>
      void (await api.call('PATCH', `${issues}/${id}`, { body, state: isOpen ? 'open' : 'closed' })),
    comment: async (id, body) => void (await api.call('POST', `${issues}/${id}/comments`, { body })),
  };
}
