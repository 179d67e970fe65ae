import type { ForgeApi } from '../api/forge-api.ts';
import { ForgeRefusal } from '../api/forge-refusal.ts';
import { listPulls } from '../api/open-pulls.ts';
import type { CommentApi, ForgeComment } from '../comment.ts';
import type { ReadEvents } from '../event.ts';
import type { Forge } from '../forge.ts';
import type { ForgeIssue, IssueApi } from '../issue.ts';
import {
  at,
  filesOf,
  listAt,
  listOf,
  notHeeded,
  numberAt,
  pullChange,
  refChange,
  shaAt,
  type ToldPull,
  textAt,
} from '../payload.ts';
import { tokenProof } from '../signature/proof.ts';
import { standardProof } from '../signature/standard-webhooks.ts';
import { cutTo, type StatusState } from '../status.ts';

const STATES: Record<StatusState, 'pending' | 'running' | 'success' | 'failed' | 'canceled'> = {
  pending: 'pending',
  running: 'running',
  success: 'success',
  failure: 'failed',
  error: 'failed',
  unjudged: 'success',
  cancelled: 'canceled',
};

/** A push hook lists its newest twenty commits. */
const MOST_COMMITS = 20;
const PAGE = 100;
const LONGEST = 900_000;

const projectPath = (api: ForgeApi) => `/projects/${encodeURIComponent(api.path)}`;

export const gitlab: Forge = {
  kind: 'gitlab',
  name: 'GitLab',
  hosts: ['gitlab.com'],
  apiOf: ({ host, protocol }) => `${protocol}//${host}/api/v4`,
  setUp:
    'Settings, Webhooks, Add new webhook: the secret as secret token or as signing token, the triggers "Push events", "Tag push events" and "Merge request events".',
  prove(headers, secrets, now) {
    if (headers['webhook-signature'] !== undefined) return standardProof(headers, secrets, now);
    const token = headers['x-gitlab-token'];
    return typeof token === 'string' ? tokenProof(token, secrets) : null;
  },
  // X-Gitlab-Webhook-UUID is another one with each try, and X-Gitlab-Event-UUID is shared by events of one cause.
  deliveryOf: (headers) => String(headers['webhook-id'] ?? headers['idempotency-key'] ?? '') || null,
  read(headers, body) {
    const event = String(headers['x-gitlab-event'] ?? '');
    if (event === 'Push Hook' || event === 'Tag Push Hook') return readPush(body);
    if (event === 'Merge Request Hook') return readMerge(body);
    return notHeeded(event);
  },
  pullRef: (number) => `refs/merge-requests/${number}/head`,
  async status(api, commit, { context, state, description, url }) {
    // Without its pipeline, GitLab may open a second one for the commit.
    const known = await api.call('GET', `${projectPath(api)}/repository/commits/${commit}`).catch(() => null);
    const pipeline = numberAt(known, 'last_pipeline.id');
    await api
      .call('POST', `${projectPath(api)}/statuses/${commit}`, {
        state: STATES[state],
        name: cutTo(context, 255),
        description: cutTo(description, 255),
        target_url: url,
        ...(pipeline !== null && { pipeline_id: pipeline }),
      })
      .catch((error: unknown) => {
        if (!isSameState(error)) throw error;
      });
  },
  comments: (api, pull) => comments(api, pull),
  issues: (api) => issuesOf(api),
  pulls: (api, tag) =>
    listPulls(api, {
      path: `${projectPath(api)}/merge_requests?state=opened&order_by=updated_at&per_page=${PAGE}`,
      page: PAGE,
      tag,
      listIn: listOf,
      told: (merge) => ({
        ...toldOf(merge),
        head: shaAt(merge, 'sha'),
      }),
    }),
  async pull(api, number) {
    const merge = await api.call('GET', `${projectPath(api)}/merge_requests/${number}`);
    return {
      head: shaAt(merge, 'sha') ?? '',
      base: shaAt(merge, 'diff_refs.start_sha') ?? shaAt(merge, 'diff_refs.base_sha') ?? '',
      open: at(merge, 'state') === 'opened',
    };
  },
};

/** "Cannot transition status via :run from :running": it says so already. */
function isSameState(error: unknown): boolean {
  return (
    error instanceof ForgeRefusal && error.status === 400 && /cannot transition status/i.test(error.message)
  );
}

function readPush(body: unknown): ReadEvents {
  const commits = listAt(body, 'commits');
  return refChange({
    ref: textAt(body, 'ref'),
    before: shaAt(body, 'before'),
    // Of an annotated tag, `after` is the tag and `checkout_sha` its commit.
    after: shaAt(body, 'after') === null ? null : (shaAt(body, 'checkout_sha') ?? shaAt(body, 'after')),
    repo: textAt(body, 'project.git_http_url'),
    defaultBranch: textAt(body, 'project.default_branch'),
    message: textAt(commits.at(-1), 'message'),
    sender: textAt(body, 'user_username'),
    files: filesOf(commits, MOST_COMMITS),
  });
}

function readMerge(body: unknown): ReadEvents {
  const merge = at(body, 'object_attributes');
  const action = textAt(merge, 'action') ?? '';
  const isOver = action === 'close' || action === 'merge';
  // An update is of the code only where it names the commit before; it may also be of the title or a label.
  const isNews =
    action === 'open' ||
    action === 'reopen' ||
    (action === 'update' &&
      (at(merge, 'oldrev') !== null ||
        at(body, 'changes.draft') !== null ||
        at(body, 'changes.target_branch') !== null));
  if (!isOver && !isNews) return notHeeded(`a merge request with the action ${action || 'none'}`);
  return pullChange({
    ...toldOf(merge),
    what: isOver ? 'closed' : 'pull',
    head: shaAt(merge, 'last_commit.id'),
    repo: textAt(body, 'project.git_http_url'),
    defaultBranch: textAt(body, 'project.default_branch'),
    sender: textAt(body, 'user.username'),
  });
}

/** What events and answers of the API have alike. */
function toldOf(merge: unknown): ToldPull {
  return {
    number: numberAt(merge, 'iid'),
    title: textAt(merge, 'title'),
    // It names the branch alone.
    base: '',
    headRef: textAt(merge, 'source_branch'),
    baseRef: textAt(merge, 'target_branch'),
    fork: at(merge, 'source_project_id') !== at(merge, 'target_project_id'),
    draft: at(merge, 'draft') === true || at(merge, 'work_in_progress') === true,
  };
}

function comments(api: ForgeApi, pull: number): CommentApi {
  const notes = `${projectPath(api)}/merge_requests/${pull}/notes`;
  return {
    longest: LONGEST,
    hidesMarkers: true,
    me: async () => textAt(await api.call('GET', '/user'), 'username') ?? '',
    async page(number) {
      const query = `per_page=${PAGE}&page=${number}&sort=asc&order_by=created_at`;
      const found = await api.call('GET', `${notes}?${query}`);
      return Array.isArray(found) ? found.map(noteOf) : [];
    },
    create: async (body) => noteOf(await api.call('POST', notes, { body })).id,
    update: async (id, body) => void (await api.call('PUT', `${notes}/${id}`, { body })),
    remove: async (id) => void (await api.call('DELETE', `${notes}/${id}`)),
  };
}

function issuesOf(api: ForgeApi): IssueApi {
  const issues = `${projectPath(api)}/issues`;
  let me: string | null = null;
  const issueOf = (issue: unknown): ForgeIssue => {
    const body = at(issue, 'description');
    return {
      id: String(at(issue, 'iid')),
      body: typeof body === 'string' ? body : '',
      isOwn: textAt(issue, 'author.username') === me,
    };
  };
  return {
    longest: LONGEST,
    async page(number) {
      me ??= textAt(await api.call('GET', '/user'), 'username') ?? '';
      const query = `state=opened&author_username=${encodeURIComponent(me)}&per_page=${PAGE}&page=${number}`;
      const found = await api.call('GET', `${issues}?${query}`);
      return Array.isArray(found) ? found.map(issueOf) : [];
    },
    create: async (title, description) => issueOf(await api.call('POST', issues, { title, description })).id,
    update: async (id, description, isOpen) =>
      void (await api.call('PUT', `${issues}/${id}`, {
        description,
        state_event: isOpen ? 'reopen' : 'close',
      })),
    comment: async (id, body) => void (await api.call('POST', `${issues}/${id}/notes`, { body })),
  };
}

function noteOf(note: unknown): ForgeComment {
  const body = at(note, 'body');
  return {
    id: String(at(note, 'id')),
    body: typeof body === 'string' ? body : '',
    author: textAt(note, 'author.username') ?? '',
  };
}
