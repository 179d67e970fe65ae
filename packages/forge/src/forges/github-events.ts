import type { ReadEvents } from '../event.ts';
import {
  at,
  filesOf,
  listAt,
  notHeeded,
  numberAt,
  PING,
  pullChange,
  refChange,
  shaAt,
  type ToldPull,
  textAt,
} from '../payload.ts';

/** What GitHub puts into one push at most; of Gitea's and Forgejo's, their default. */
const MOST_COMMITS = { github: 2048, gitea: 30 };
const NEWS = ['opened', 'reopened', 'synchronize', 'synchronized', 'ready_for_review'];

/** GitHub's events, which Gitea and Forgejo send, too. @param event the name in the headers */
export function readLikeGitHub(event: string, body: unknown, of: keyof typeof MOST_COMMITS): ReadEvents {
  if (event === 'ping') return PING;
  if (event === 'push') return readPush(body, MOST_COMMITS[of]);
  if (event === 'pull_request' || event === 'pull_request_sync') return readPull(body);
  // A tag that is made is a push, too: one of the two is enough.
  return notHeeded(event);
}

function readPush(body: unknown, mostCommits: number): ReadEvents {
  const isDeleted = at(body, 'deleted') === true;
  return refChange({
    ref: textAt(body, 'ref'),
    before: shaAt(body, 'before'),
    after: isDeleted ? null : shaAt(body, 'after'),
    repo: textAt(body, 'repository.clone_url'),
    defaultBranch: textAt(body, 'repository.default_branch'),
    message: textAt(body, 'head_commit.message'),
    sender: textAt(body, 'sender.login'),
    files: filesOf(listAt(body, 'commits'), mostCommits),
  });
}

function readPull(body: unknown): ReadEvents {
  const action = textAt(body, 'action') ?? '';
  const isRetargeted = action === 'edited' && at(body, 'changes.base') !== null;
  if (!NEWS.includes(action) && !isRetargeted && action !== 'closed') {
    return notHeeded(`a pull request that was ${action || 'touched'}`);
  }
  const pull = at(body, 'pull_request');
  return pullChange({
    ...toldLikeGitHub(pull),
    what: action === 'closed' ? 'closed' : 'pull',
    number: numberAt(body, 'number') ?? numberAt(pull, 'number'),
    repo: textAt(body, 'repository.clone_url'),
    defaultBranch: textAt(body, 'repository.default_branch'),
    sender: textAt(body, 'sender.login'),
  });
}

/** One of GitHub's pull requests, in events and in answers of its API. */
export function toldLikeGitHub(pull: unknown): ToldPull {
  const [own, other] = ['base.repo.id', 'head.repo.id'].map((path) => at(pull, path));
  return {
    number: numberAt(pull, 'number'),
    title: textAt(pull, 'title'),
    head: shaAt(pull, 'head.sha'),
    base: shaAt(pull, 'base.sha'),
    headRef: textAt(pull, 'head.ref'),
    baseRef: textAt(pull, 'base.ref'),
    // One whose repository is gone was another's.
    fork: own === null || own !== other,
    draft: at(pull, 'draft') === true,
  };
}
