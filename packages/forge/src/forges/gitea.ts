import type { IncomingHttpHeaders } from 'node:http';
import { commentsLikeGitHub } from '../api/comments-like-github.ts';
import type { ForgeApi } from '../api/forge-api.ts';
import { issuesLikeGitHub } from '../api/issues-like-github.ts';
import { listPulls } from '../api/open-pulls.ts';
import type { Forge } from '../forge.ts';
import { at, listOf, shaAt } from '../payload.ts';
import { hexOf, hmacProof } from '../signature/proof.ts';
import { cutTo, type StatusState } from '../status.ts';
import { readLikeGitHub, toldLikeGitHub } from './github-events.ts';

/** `warning` passes a required check, and is not green. */
const STATES: Record<StatusState, 'pending' | 'success' | 'error' | 'failure' | 'warning'> = {
  pending: 'pending',
  running: 'pending',
  success: 'success',
  failure: 'failure',
  error: 'error',
  unjudged: 'warning',
  cancelled: 'error',
};

const BASE = '/api/v1';
const PAGE = 50;

/** An address without the path that all of them have is meant with it. */
function under(api: ForgeApi): ForgeApi {
  if (api.base.endsWith(BASE)) return api;
  return {
    ...api,
    call: (method, path, body) => api.call(method, `${BASE}${path}`, body),
    read: (path, tag) => api.read(`${BASE}${path}`, tag),
  };
}

/** Gitea, and what grew out of it. @param header 'x-gitea', 'x-forgejo': how names of its headers begin */
export function likeGitea(header: string, own: Pick<Forge, 'kind' | 'name' | 'hosts'>): Forge {
  const of = (headers: IncomingHttpHeaders, what: string) => headers[`${header}-${what}`];
  return {
    ...own,
    apiOf: ({ host, protocol }) => `${protocol}//${host}`,
    setUp: `Settings, Webhooks, Add webhook, ${own.name}: POST content type application/json, the secret, the events Push and Pull request (opened and synchronized). A server on a private address has to be in ALLOWED_HOST_LIST there.`,
    prove: (headers, secrets) => hmacProof(hexOf(of(headers, 'signature')), secrets),
    deliveryOf: (headers) => String(of(headers, 'delivery') ?? '') || null,
    read: (headers, body) => readLikeGitHub(String(of(headers, 'event') ?? ''), body, 'gitea'),
    pullRef: (number) => `refs/pull/${number}/head`,
    async status(api, commit, { context, state, description, url }) {
      await under(api).call('POST', `/repos/${api.path}/statuses/${commit}`, {
        state: STATES[state],
        context: cutTo(context, 255),
        description: cutTo(description, 255),
        target_url: url,
      });
    },
    comments: (api, pull) => commentsLikeGitHub(under(api), pull),
    issues: (api) =>
      issuesLikeGitHub(under(api), (user) => ({
        type: 'issues',
        created_by: user,
        limit: String(PAGE),
      })),
    pulls: (api, tag) =>
      listPulls(under(api), {
        path: `/repos/${api.path}/pulls?state=open&sort=recentupdate&limit=${PAGE}`,
        page: PAGE,
        tag,
        listIn: listOf,
        told: toldLikeGitHub,
      }),
    async pull(api, number) {
      const pull = await under(api).call('GET', `/repos/${api.path}/pulls/${number}`);
      return {
        head: shaAt(pull, 'head.sha') ?? '',
        base: shaAt(pull, 'base.sha') ?? '',
        open: at(pull, 'state') === 'open',
      };
    },
  };
}

export const gitea = likeGitea('x-gitea', { kind: 'gitea', name: 'Gitea', hosts: ['gitea.com'] });
