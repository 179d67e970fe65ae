import { createHmac, randomUUID } from 'node:crypto';
import type { FakeKind } from './fake-forge-routes.ts';

/** What happened, for a forge to tell. */
export type HookNews = {
  repo: string;
  secret: string;
  /** The id of the call; another one each time where not given. */
  id?: string;
  sender?: string;
} & (
  | {
      push: {
        ref: string;
        sha: string;
        before?: string;
        message?: string;
        files?: string[];
        defaultBranch?: string;
      };
    }
  | {
      pull: {
        number: number;
        head: string;
        base: string;
        action?: 'opened' | 'synchronize' | 'closed' | 'labeled';
        headRef?: string;
        baseRef?: string;
        title?: string;
        fork?: boolean;
        draft?: boolean;
      };
    }
  | { ping: true }
);

export type HookCall = { headers: Record<string, string>; body: string };
type Kind = FakeKind | 'generic';
const ZEROS = '0'.repeat(40);

/** One call of a hook as a forge makes it, signed as it signs. */
export function hookCall(kind: Kind, news: HookNews): HookCall {
  const id = news.id ?? randomUUID();
  const { event, body } =
    kind === 'gitlab'
      ? gitlab(news)
      : kind === 'bitbucket'
        ? bitbucket(news)
        : kind === 'generic'
          ? generic(news)
          : github(news);
  const text = JSON.stringify(body);
  const hex = createHmac('sha256', news.secret).update(text).digest('hex');
  const json = { 'content-type': 'application/json' };
  switch (kind) {
    case 'github':
      return {
        body: text,
        headers: {
          ...json,
          'x-github-event': event,
          'x-github-delivery': id,
          'x-hub-signature-256': `sha256=${hex}`,
        },
      };
    case 'gitea':
    case 'forgejo': {
      const own = { [`x-${kind}-event`]: event, [`x-${kind}-delivery`]: id, [`x-${kind}-signature`]: hex };
      return { body: text, headers: { ...json, 'x-github-event': event, 'x-github-delivery': id, ...own } };
    }
    case 'gitlab':
      return {
        body: text,
        headers: {
          ...json,
          'x-gitlab-event': event,
          'x-gitlab-token': news.secret,
          'idempotency-key': id,
          'x-gitlab-webhook-uuid': randomUUID(),
        },
      };
    case 'bitbucket':
      return {
        body: text,
        headers: { ...json, 'x-event-key': event, 'x-request-uuid': id, 'x-hub-signature': `sha256=${hex}` },
      };
    case 'generic':
      return { body: text, headers: { ...json, ...signStandard(id, text, news.secret) } };
  }
}

/** Headers of Standard Webhooks. @param at ms since 1970 */
export function signStandard(
  id: string,
  body: string,
  secret: string,
  at = Date.now(),
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

type Told = { event: string; body: unknown };

function github(news: HookNews): Told {
  const shared = {
    repository: { id: 1, clone_url: news.repo, default_branch: 'main' },
    sender: { login: news.sender ?? 'ada' },
  };
  if ('ping' in news) return { event: 'ping', body: { zen: 'Keep it simple.', ...shared } };
  if ('push' in news) {
    const {
      ref,
      sha,
      before = ZEROS,
      message = 'Change something',
      files,
      defaultBranch = 'main',
    } = news.push;
    const commit = { id: sha, message, added: [], modified: files ?? [], removed: [] };
    const isDeleted = sha === ZEROS;
    return {
      event: 'push',
      body: {
        ref,
        before,
        after: sha,
        deleted: isDeleted,
        head_commit: isDeleted ? null : commit,
        commits: files ? [commit] : [],
        ...shared,
        repository: { ...shared.repository, default_branch: defaultBranch },
      },
    };
  }
  const { number, head, base, action = 'opened', headRef = 'feature', baseRef = 'main' } = news.pull;
  return {
    event: 'pull_request',
    body: {
      action,
      number,
      pull_request: {
        number,
        title: news.pull.title ?? 'A change',
        draft: news.pull.draft ?? false,
        head: { sha: head, ref: headRef, repo: { id: news.pull.fork ? 2 : 1 } },
        base: { sha: base, ref: baseRef, repo: { id: 1 } },
      },
      ...shared,
    },
  };
}

function gitlab(news: HookNews): Told {
  const shared = { project: { id: 1, git_http_url: news.repo, default_branch: 'main' } };
  if ('ping' in news) return { event: 'System Hook', body: shared };
  if ('push' in news) {
    const { ref, sha, before = ZEROS, message = 'Change something', files = [] } = news.push;
    return {
      event: ref.startsWith('refs/tags/') ? 'Tag Push Hook' : 'Push Hook',
      body: {
        ref,
        before,
        after: sha,
        checkout_sha: sha === ZEROS ? null : sha,
        user_username: news.sender ?? 'ada',
        commits: [{ id: sha, message, added: [], modified: files, removed: [] }],
        ...shared,
      },
    };
  }
  const { number, head, action = 'opened', headRef = 'feature', baseRef = 'main' } = news.pull;
  const actions = { opened: 'open', synchronize: 'update', closed: 'close', labeled: 'update' };
  return {
    event: 'Merge Request Hook',
    body: {
      user: { username: news.sender ?? 'ada' },
      object_attributes: {
        iid: number,
        title: news.pull.title ?? 'A change',
        action: actions[action],
        ...(action === 'synchronize' && { oldrev: ZEROS }),
        last_commit: { id: head },
        source_branch: headRef,
        target_branch: baseRef,
        source_project_id: news.pull.fork ? 2 : 1,
        target_project_id: 1,
        draft: news.pull.draft ?? false,
      },
      ...shared,
    },
  };
}

function bitbucket(news: HookNews): Told {
  const shared = {
    repository: { uuid: '{1}', links: { html: { href: news.repo } }, mainbranch: { name: 'main' } },
    actor: { nickname: news.sender ?? 'ada' },
  };
  if ('ping' in news) return { event: 'diagnostics:ping', body: shared };
  if ('push' in news) {
    const { ref, sha, before, message = 'Change something' } = news.push;
    const [, kind, name] = /^refs\/(heads|tags)\/(.*)$/.exec(ref) ?? [];
    const side = (hash: string) => ({
      type: kind === 'tags' ? 'tag' : 'branch',
      name,
      target: { hash, message },
    });
    const change = {
      new: sha === ZEROS ? null : side(sha),
      old: before ? side(before) : sha === ZEROS ? side(sha) : null,
    };
    return { event: 'repo:push', body: { push: { changes: [change] }, ...shared } };
  }
  const { number, head, base, action = 'opened', headRef = 'feature', baseRef = 'main' } = news.pull;
  const events = { opened: 'created', synchronize: 'updated', closed: 'rejected', labeled: 'approved' };
  const side = (sha: string, name: string, uuid: string) => ({
    commit: { hash: sha.slice(0, 12) },
    branch: { name },
    repository: { uuid },
  });
  return {
    event: `pullrequest:${events[action]}`,
    body: {
      pullrequest: {
        id: number,
        title: news.pull.title ?? 'A change',
        draft: news.pull.draft ?? false,
        source: side(head, headRef, news.pull.fork ? '{2}' : '{1}'),
        destination: side(base, baseRef, '{1}'),
      },
      ...shared,
    },
  };
}

function generic(news: HookNews): Told {
  const shared = { repo: news.repo, sender: news.sender ?? 'ada', defaultBranch: 'main' };
  if ('ping' in news) return { event: '', body: { type: 'ping', ...shared } };
  if ('push' in news) {
    const { ref, sha, before, message } = news.push;
    return { event: '', body: { ref, sha, before, message, ...shared } };
  }
  const { head, action, ...pr } = news.pull;
  return {
    event: '',
    body: {
      sha: head,
      pr: { headRef: 'feature', baseRef: 'main', ...pr, closed: action === 'closed' },
      ...shared,
    },
  };
}
