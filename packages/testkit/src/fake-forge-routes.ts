export type FakeKind = 'github' | 'gitlab' | 'gitea' | 'forgejo' | 'bitbucket';
export type Json = Record<string, unknown>;

/** What is at a commit under one context (name, key), the last one written. */
export type FakeStatus = { commit: string; context: string; state: string; description: string; url: string };
export type FakeComment = { id: number; pull: number; author: string; body: string };

export type FakePull = {
  head: string;
  base: string;
  open: boolean;
  /** 'quick' into 'main', of the same repository, if not given. */
  headRef?: string;
  baseRef?: string;
  fork?: boolean;
  draft?: boolean;
};

export type FakeIssue = {
  id: number;
  author: string;
  title: string;
  body: string;
  open: boolean;
  comments: string[];
  /** Of a pull request, which GitHub and Gitea list among issues. */
  pull?: boolean;
};

/** What a forge knows, and how it behaves. */
export type FakeState = {
  kind: FakeKind;
  /** Who the token is. */
  me: string;
  /** By `COMMIT CONTEXT`. */
  statuses: Map<string, FakeStatus>;
  /** Every status that was written, in order. */
  written: FakeStatus[];
  comments: FakeComment[];
  issues: FakeIssue[];
  pulls: Map<number, FakePull>;
  /** Comments on one page at most, whatever is asked for. */
  pageSize: number;
  /** So many lists of comments are without the newest: replicas lag. */
  lag: number;
};

type Asked = { query: URLSearchParams; body: Json };
type Route = {
  is: string;
  path: RegExp;
  does: (parts: string[], asked: Asked) => [status: number, said?: unknown];
};

/** What one forge answers to what. */
export function routesOf(forge: FakeState): Route[] {
  switch (forge.kind) {
    case 'github':
      return likeGitHub(forge, '', { description: 140, states: ['pending', 'success', 'failure', 'error'] });
    case 'gitea':
    case 'forgejo': {
      const states = ['pending', 'success', 'error', 'failure', 'warning', 'skipped'];
      return likeGitHub(forge, '/api/v1', { description: 255, states });
    }
    case 'gitlab':
      return likeGitLab(forge);
    case 'bitbucket':
      return likeBitbucket(forge);
  }
}

function keepStatus(forge: FakeState, status: FakeStatus): void {
  forge.statuses.set(`${status.commit} ${status.context}`, status);
  forge.written.push(status);
}

const words = (body: Json, name: string) => String(body[name] ?? '');

let nextId = 1000;
function addComment(forge: FakeState, pull: number, body: string): FakeComment {
  const comment = { id: nextId++, pull, author: forge.me, body };
  forge.comments.push(comment);
  return comment;
}

/** A page of the comments of one pull request, without the newest where the forge lags. */
function pageOf(forge: FakeState, pull: number, query: URLSearchParams, size: string): FakeComment[] {
  const asked = Number(query.get(size) ?? 30);
  const most = Math.min(asked, forge.pageSize);
  const number = Number(query.get('page') ?? 1);
  const all = forge.comments.filter((one) => one.pull === pull);
  const shown = forge.lag > 0 ? all.slice(0, -1) : all;
  if (forge.lag > 0) forge.lag -= 1;
  return shown.slice((number - 1) * most, number * most);
}

function change(forge: FakeState, id: string, body: string): FakeComment | undefined {
  const found = forge.comments.find((one) => String(one.id) === id);
  if (found) found.body = body;
  return found;
}

function drop(forge: FakeState, id: string): boolean {
  const index = forge.comments.findIndex((one) => String(one.id) === id);
  if (index >= 0) forge.comments.splice(index, 1);
  return index >= 0;
}

function addIssue(forge: FakeState, title: string, body: string): FakeIssue {
  const issue = { id: nextId++, author: forge.me, title, body, open: true, comments: [] };
  forge.issues.push(issue);
  return issue;
}

const issueOf = (forge: FakeState, id: string) => forge.issues.find((one) => String(one.id) === id);

/** @param author as its query names one: what it does not know is passed over */
function openIssues(forge: FakeState, author: string, query: URLSearchParams): FakeIssue[] {
  const number = Number(query.get('page') ?? 1);
  const by = query.get(author);
  const all = forge.issues.filter(
    (one) => one.open && (by === null || one.author === by) && isOfType(forge, one, query.get('type')),
  );
  return all.slice((number - 1) * forge.pageSize, number * forge.pageSize);
}

/** Gitea tells issues from pull requests by it; for GitHub, it is the name of a type that people made. */
function isOfType(forge: FakeState, { pull = false }: FakeIssue, type: string | null): boolean {
  if (forge.kind === 'gitlab') return !pull;
  if (type === null) return true;
  return forge.kind !== 'github' && type === (pull ? 'pulls' : 'issues');
}

function openPulls(forge: FakeState): [number, Required<FakePull>][] {
  return [...forge.pulls].flatMap(([number, pull]) =>
    pull.open ? [[number, { headRef: 'quick', baseRef: 'main', fork: false, draft: false, ...pull }]] : [],
  );
}

const MISSING: [number, unknown] = [404, { message: 'Not Found' }];

function likeGitHub(
  forge: FakeState,
  base: string,
  limits: { description: number; states: string[] },
): Route[] {
  const repo = `^${base}/repos/[^/]+/[^/]+`;
  const shown = ({ id, author, body }: FakeComment) => ({ id, body, user: { login: author } });
  const shownIssue = ({ id, author, body, open, pull }: FakeIssue) => ({
    number: id,
    body,
    state: open ? 'open' : 'closed',
    user: { login: author },
    ...(pull && { pull_request: {} }),
  });
  const author = forge.kind === 'github' ? 'creator' : 'created_by';
  return [
    { is: 'GET', path: new RegExp(`^${base}/user$`), does: () => [200, { login: forge.me }] },
    {
      is: 'POST',
      path: new RegExp(`${repo}/statuses/([0-9a-f]+)$`),
      does([commit = ''], { body }) {
        const description = words(body, 'description');
        if (description.length > limits.description)
          return [422, { message: 'Validation Failed', errors: [{ message: 'description is too long' }] }];
        if (!limits.states.includes(words(body, 'state'))) return [422, { message: 'state is not included' }];
        const [context, state, url] = ['context', 'state', 'target_url'].map((name) => words(body, name));
        keepStatus(forge, { commit, context: context!, state: state!, description, url: url! });
        return [201, { id: 1 }];
      },
    },
    {
      is: 'GET',
      path: new RegExp(`${repo}/pulls$`),
      does: () => [
        200,
        openPulls(forge).map(([number, { head, base, headRef, baseRef, fork, draft }]) => ({
          number,
          title: `Change ${number}`,
          draft,
          head: { sha: head, ref: headRef, repo: { id: fork ? 2 : 1 } },
          base: { sha: base, ref: baseRef, repo: { id: 1 } },
        })),
      ],
    },
    {
      is: 'GET',
      path: new RegExp(`${repo}/pulls/(\\d+)$`),
      does([number = '']) {
        const pull = forge.pulls.get(Number(number));
        if (!pull) return MISSING;
        return [
          200,
          { state: pull.open ? 'open' : 'closed', head: { sha: pull.head }, base: { sha: pull.base } },
        ];
      },
    },
    {
      is: 'GET',
      path: new RegExp(`${repo}/issues/(\\d+)/comments$`),
      does: ([pull = ''], { query }) => [200, pageOf(forge, Number(pull), query, 'per_page').map(shown)],
    },
    {
      is: 'POST',
      path: new RegExp(`${repo}/issues/(\\d+)/comments$`),
      does([pull = ''], { body }) {
        if (words(body, 'body').length > 65_536) return [422, { message: 'Body is too long' }];
        const issue = issueOf(forge, pull);
        if (issue) {
          issue.comments.push(words(body, 'body'));
          return [201, { id: nextId++ }];
        }
        return [201, shown(addComment(forge, Number(pull), words(body, 'body')))];
      },
    },
    {
      is: 'GET',
      path: new RegExp(`${repo}/issues$`),
      does: (_, { query }) => [200, openIssues(forge, author, query).map(shownIssue)],
    },
    {
      is: 'POST',
      path: new RegExp(`${repo}/issues$`),
      does: (_, { body }) => [201, shownIssue(addIssue(forge, words(body, 'title'), words(body, 'body')))],
    },
    {
      is: 'PATCH',
      path: new RegExp(`${repo}/issues/(\\d+)$`),
      does([id = ''], { body }) {
        const found = issueOf(forge, id);
        if (!found) return MISSING;
        Object.assign(found, { body: words(body, 'body'), open: body.state === 'open' });
        return [200, shownIssue(found)];
      },
    },
    {
      is: 'PATCH',
      path: new RegExp(`${repo}/issues/comments/(\\d+)$`),
      does([id = ''], { body }) {
        const found = change(forge, id, words(body, 'body'));
        return found ? [200, shown(found)] : MISSING;
      },
    },
    {
      is: 'DELETE',
      path: new RegExp(`${repo}/issues/comments/(\\d+)$`),
      does: ([id = '']) => (drop(forge, id) ? [204] : MISSING),
    },
  ];
}

function likeGitLab(forge: FakeState): Route[] {
  const shown = ({ id, author, body }: FakeComment) => ({ id, body, author: { username: author } });
  const shownIssue = ({ id, author, body }: FakeIssue) => ({
    iid: id,
    description: body,
    author: { username: author },
  });
  return [
    {
      is: 'GET',
      path: /^\/projects\/[^/]+\/issues$/,
      does: (_, { query }) => [200, openIssues(forge, 'author_username', query).map(shownIssue)],
    },
    {
      is: 'POST',
      path: /^\/projects\/[^/]+\/issues$/,
      does: (_, { body }) => [
        201,
        shownIssue(addIssue(forge, words(body, 'title'), words(body, 'description'))),
      ],
    },
    {
      is: 'PUT',
      path: /^\/projects\/[^/]+\/issues\/(\d+)$/,
      does([id = ''], { body }) {
        const found = issueOf(forge, id);
        if (!found) return MISSING;
        Object.assign(found, { body: words(body, 'description'), open: body.state_event === 'reopen' });
        return [200, shownIssue(found)];
      },
    },
    {
      is: 'POST',
      path: /^\/projects\/[^/]+\/issues\/(\d+)\/notes$/,
      does([id = ''], { body }) {
        issueOf(forge, id)?.comments.push(words(body, 'body'));
        return [201, { id: nextId++ }];
      },
    },
    { is: 'GET', path: /^\/user$/, does: () => [200, { username: forge.me }] },
    {
      is: 'GET',
      path: /^\/projects\/[^/]+\/repository\/commits\/([0-9a-f]+)$/,
      does: ([commit]) => [200, { id: commit, last_pipeline: { id: 77 } }],
    },
    {
      is: 'POST',
      path: /^\/projects\/[^/]+\/statuses\/([0-9a-f]+)$/,
      does([commit = ''], { body }) {
        const [state, context, description, url] = ['state', 'name', 'description', 'target_url'].map(
          (name) => words(body, name),
        ) as [string, string, string, string];
        if (!['pending', 'running', 'success', 'failed', 'canceled', 'skipped'].includes(state))
          return [400, { error: 'state does not have a valid value' }];
        if (description.length > 255) return [400, { message: 'description is too long (maximum is 255)' }];
        if (body.pipeline_id !== 77) return [400, { message: 'a second pipeline' }];
        if (forge.statuses.get(`${commit} ${context}`)?.state === state)
          return [400, { message: `Cannot transition status via :${state} from :${state}` }];
        keepStatus(forge, { commit, context, state, description, url });
        return [201, { id: 1 }];
      },
    },
    {
      is: 'GET',
      path: /^\/projects\/[^/]+\/merge_requests$/,
      does: () => [
        200,
        openPulls(forge).map(([number, { head, headRef, baseRef, fork, draft }]) => ({
          iid: number,
          title: `Change ${number}`,
          sha: head,
          source_branch: headRef,
          target_branch: baseRef,
          source_project_id: fork ? 2 : 1,
          target_project_id: 1,
          draft,
        })),
      ],
    },
    {
      is: 'GET',
      path: /^\/projects\/[^/]+\/merge_requests\/(\d+)$/,
      does([number = '']) {
        const pull = forge.pulls.get(Number(number));
        if (!pull) return MISSING;
        const refs = { start_sha: pull.base, head_sha: pull.head };
        return [200, { state: pull.open ? 'opened' : 'closed', sha: pull.head, diff_refs: refs }];
      },
    },
    {
      is: 'GET',
      path: /^\/projects\/[^/]+\/merge_requests\/(\d+)\/notes$/,
      does: ([pull = ''], { query }) => [200, pageOf(forge, Number(pull), query, 'per_page').map(shown)],
    },
    {
      is: 'POST',
      path: /^\/projects\/[^/]+\/merge_requests\/(\d+)\/notes$/,
      does: ([pull = ''], { body }) => [201, shown(addComment(forge, Number(pull), words(body, 'body')))],
    },
    {
      is: 'PUT',
      path: /^\/projects\/[^/]+\/merge_requests\/\d+\/notes\/(\d+)$/,
      does([id = ''], { body }) {
        const found = change(forge, id, words(body, 'body'));
        return found ? [200, shown(found)] : MISSING;
      },
    },
    {
      is: 'DELETE',
      path: /^\/projects\/[^/]+\/merge_requests\/\d+\/notes\/(\d+)$/,
      does: ([id = '']) => (drop(forge, id) ? [204] : MISSING),
    },
  ];
}

function likeBitbucket(forge: FakeState): Route[] {
  const repo = '^/repositories/[^/]+/[^/]+';
  const shown = ({ id, author, body }: FakeComment) => ({
    id,
    content: { raw: body },
    user: { uuid: author },
  });
  const raw = (body: Json) => words((body.content ?? {}) as Json, 'raw');
  return [
    { is: 'GET', path: /^\/user$/, does: () => [200, { uuid: forge.me }] },
    {
      is: 'POST',
      path: new RegExp(`${repo}/commit/([0-9a-f]+)/statuses/build$`),
      does([commit = ''], { body }) {
        const [state, key, description, url] = ['state', 'key', 'description', 'url'].map((name) =>
          words(body, name),
        ) as [string, string, string, string];
        if (!url || !key || key.length > 40) return [400, { error: { message: 'url and key are needed' } }];
        if (!['INPROGRESS', 'SUCCESSFUL', 'FAILED', 'STOPPED'].includes(state))
          return [400, { error: { message: 'state is wrong' } }];
        keepStatus(forge, { commit, context: key, state, description, url });
        return [201, {}];
      },
    },
    {
      is: 'GET',
      path: new RegExp(`${repo}/commit/([0-9a-f]+)$`),
      does([digits = '']) {
        const all = [...forge.pulls.values()].flatMap(({ head, base }) => [head, base]);
        const hash = all.find((one) => one.startsWith(digits));
        return hash ? [200, { hash }] : MISSING;
      },
    },
    {
      is: 'GET',
      path: new RegExp(`${repo}/pullrequests$`),
      does() {
        const side = (sha: string, name: string, id: number) => ({
          commit: { hash: sha.slice(0, 12) },
          branch: { name },
          repository: { uuid: `{${id}}` },
        });
        const values = openPulls(forge).map(([id, { head, base, headRef, baseRef, fork, draft }]) => ({
          id,
          title: `Change ${id}`,
          draft,
          source: side(head, headRef, fork ? 2 : 1),
          destination: side(base, baseRef, 1),
        }));
        return [200, { values }];
      },
    },
    {
      is: 'GET',
      path: new RegExp(`${repo}/pullrequests/(\\d+)$`),
      does([number = '']) {
        const pull = forge.pulls.get(Number(number));
        if (!pull) return MISSING;
        const side = (sha: string) => ({ commit: { hash: sha.slice(0, 12) } });
        const state = pull.open ? 'OPEN' : 'DECLINED';
        return [200, { state, source: side(pull.head), destination: side(pull.base) }];
      },
    },
    {
      is: 'GET',
      path: new RegExp(`${repo}/pullrequests/(\\d+)/comments$`),
      does: ([pull = ''], { query }) => [
        200,
        { values: pageOf(forge, Number(pull), query, 'pagelen').map(shown) },
      ],
    },
    {
      is: 'POST',
      path: new RegExp(`${repo}/pullrequests/(\\d+)/comments$`),
      does: ([pull = ''], { body }) => [201, shown(addComment(forge, Number(pull), raw(body)))],
    },
    {
      is: 'PUT',
      path: new RegExp(`${repo}/pullrequests/\\d+/comments/(\\d+)$`),
      does([id = ''], { body }) {
        const found = change(forge, id, raw(body));
        return found ? [200, shown(found)] : MISSING;
      },
    },
    {
      is: 'DELETE',
      path: new RegExp(`${repo}/pullrequests/\\d+/comments/(\\d+)$`),
      does: ([id = '']) => (drop(forge, id) ? [204] : MISSING),
    },
  ];
}
