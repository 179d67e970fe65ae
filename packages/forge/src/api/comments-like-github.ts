import type { CommentApi, ForgeComment } from '../comment.ts';
import { at, textAt } from '../payload.ts';
import type { ForgeApi } from './forge-api.ts';

const PAGE = 100;
const LONGEST = 65_000;

/** Comments as GitHub has them; Gitea and Forgejo alike. */
export function commentsLikeGitHub(api: ForgeApi, pull: number): CommentApi {
  const issues = `/repos/${api.path}/issues`;
  return {
    longest: LONGEST,
    hidesMarkers: true,
    me: async () => textAt(await api.call('GET', '/user'), 'login') ?? '',
    async page(number) {
      const query = `per_page=${PAGE}&limit=${PAGE}&page=${number}`;
      const found = await api.call('GET', `${issues}/${pull}/comments?${query}`);
      return Array.isArray(found) ? found.map(commentOf) : [];
    },
    create: async (body) => commentOf(await api.call('POST', `${issues}/${pull}/comments`, { body })).id,
    update: async (id, body) => void (await api.call('PATCH', `${issues}/comments/${id}`, { body })),
    remove: async (id) => void (await api.call('DELETE', `${issues}/comments/${id}`)),
  };
}

function commentOf(comment: unknown): ForgeComment {
  const body = at(comment, 'body');
  return {
    id: String(at(comment, 'id')),
    body: typeof body === 'string' ? body : '',
    author: textAt(comment, 'user.login') ?? '',
  };
}
