import { commentsLikeGitHub } from '../api/comments-like-github.ts';
import { issuesLikeGitHub } from '../api/issues-like-github.ts';
import { listPulls } from '../api/open-pulls.ts';
import type { Forge } from '../forge.ts';
import { at, listOf, shaAt } from '../payload.ts';
import { hexOf, hmacProof } from '../signature/proof.ts';
import { cutTo, type StatusState } from '../status.ts';
import { readLikeGitHub, toldLikeGitHub } from './github-events.ts';

const STATES: Record<StatusState, 'pending' | 'success' | 'failure' | 'error'> = {
  pending: 'pending',
  running: 'pending',
  success: 'success',
  failure: 'failure',
  error: 'error',
  unjudged: 'success',
  cancelled: 'error',
};

const PAGE = 100;

export const github: Forge = {
  kind: 'github',
  name: 'GitHub',
  hosts: ['github.com'],
  apiOf: ({ host, protocol }) =>
    host === 'github.com' ? 'https://api.github.com' : `${protocol}//${host}/api/v3`,
  setUp:
    'Settings, Webhooks, Add webhook: content type application/json, the secret, the events "Pushes" and "Pull requests".',
  prove: (headers, secrets) => hmacProof(hexOf(headers['x-hub-signature-256'], 'sha256='), secrets),
  deliveryOf: (headers) => String(headers['x-github-delivery'] ?? '') || null,
  read: (headers, body) => readLikeGitHub(String(headers['x-github-event'] ?? ''), body, 'github'),
  pullRef: (number) => `refs/pull/${number}/head`,
  async status(api, commit, { context, state, description, url }) {
    await api.call('POST', `/repos/${api.path}/statuses/${commit}`, {
      state: STATES[state],
      context: cutTo(context, 255),
      description: cutTo(description, 140),
      target_url: url,
    });
  },
  comments: commentsLikeGitHub,
  issues: (api) => issuesLikeGitHub(api, (user) => ({ creator: user, per_page: String(PAGE) })),
  pulls: (api, tag) =>
    listPulls(api, {
      path: `/repos/${api.path}/pulls?state=open&sort=updated&direction=desc&per_page=${PAGE}`,
      page: PAGE,
      tag,
      listIn: listOf,
      told: toldLikeGitHub,
    }),
  async pull(api, number) {
    const pull = await api.call('GET', `/repos/${api.path}/pulls/${number}`);
    return {
      head: shaAt(pull, 'head.sha') ?? '',
      base: shaAt(pull, 'base.sha') ?? '',
      open: at(pull, 'state') === 'open',
    };
  },
};
