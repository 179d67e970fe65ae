import { createHash } from 'node:crypto';
import type { ForgeApi } from '../api/forge-api.ts';
import { listPulls } from '../api/open-pulls.ts';
import type { CommentApi, ForgeComment } from '../comment.ts';
import type { ForgeEvent, ReadEvents } from '../event.ts';
import type { Forge } from '../forge.ts';
import {
  at,
  listAt,
  notHeeded,
  numberAt,
  pullChange,
  refChange,
  shaAt,
  type ToldPull,
  textAt,
} from '../payload.ts';
import { hexOf, hmacProof } from '../signature/proof.ts';
import { cutTo, type StatusState } from '../status.ts';

const STATES: Record<StatusState, 'INPROGRESS' | 'SUCCESSFUL' | 'FAILED' | 'STOPPED'> = {
  pending: 'INPROGRESS',
  running: 'INPROGRESS',
  success: 'SUCCESSFUL',
  failure: 'FAILED',
  error: 'FAILED',
  unjudged: 'SUCCESSFUL',
  cancelled: 'STOPPED',
};

const NEWS = ['pullrequest:created', 'pullrequest:updated'];
const OVER = ['pullrequest:fulfilled', 'pullrequest:rejected'];
const MOST_CHANGES = 20;
const PAGE = 100;
const MOST_PULLS = 50;
const LONGEST = 32_000;
const LONGEST_KEY = 40;

/** Bitbucket Cloud. */
export const bitbucket: Forge = {
  kind: 'bitbucket',
  name: 'Bitbucket',
  hosts: ['bitbucket.org'],
  apiOf: () => 'https://api.bitbucket.org/2.0',
  setUp:
    'Repository settings, Webhooks, Add webhook: the secret, the triggers "Push", and of pull requests "Created", "Updated", "Merged" and "Declined". An access token goes into the secrets file as USER:PASSWORD, or alone.',
  prove: (headers, secrets) => hmacProof(hexOf(headers['x-hub-signature'], 'sha256='), secrets),
  deliveryOf: (headers) => String(headers['x-request-uuid'] ?? '') || null,
  read(headers, body) {
    const event = String(headers['x-event-key'] ?? '');
    if (event === 'repo:push') return readPush(body);
    if (NEWS.includes(event) || OVER.includes(event)) return readPull(body, OVER.includes(event));
    return notHeeded(event);
  },
  pullRef: () => null,
  async status(api, commit, { context, state, description, url }) {
    await api.call('POST', `/repositories/${api.path}/commit/${commit}/statuses/build`, {
      state: STATES[state],
      key: keyOf(context),
      name: cutTo(context, 255),
      description: cutTo(description, 255),
      url,
    });
  },
  comments: (api, pull) => comments(api, pull),
  // Few repositories there have them.
  issues: null,
  pulls: (api, tag) =>
    listPulls(api, {
      path: `/repositories/${api.path}/pullrequests?state=OPEN&sort=-updated_on&pagelen=${MOST_PULLS}`,
      page: MOST_PULLS,
      tag,
      listIn: (answer) => listAt(answer, 'values'),
      told: toldOf,
    }),
  async pull(api, number) {
    const pull = await api.call('GET', `/repositories/${api.path}/pullrequests/${number}`);
    const [head, base] = await Promise.all(
      ['source.commit.hash', 'destination.commit.hash'].map((path) =>
        wholeSha(api, textAt(pull, path) ?? ''),
      ),
    );
    return { head: head!, base: base!, open: at(pull, 'state') === 'OPEN' };
  },
};

/** A key is short, and stays the same for a context. */
function keyOf(context: string): string {
  if (context.length <= LONGEST_KEY) return context;
  return `${context.slice(0, LONGEST_KEY - 9)}-${createHash('sha256').update(context).digest('hex').slice(0, 8)}`;
}

/** Pull requests name twelve digits of a commit. */
async function wholeSha(api: ForgeApi, digits: string): Promise<string> {
  if (!/^[0-9a-f]{7,64}$/.test(digits)) return '';
  if (digits.length >= 40) return digits;
  return shaAt(await api.call('GET', `/repositories/${api.path}/commit/${digits}`), 'hash') ?? '';
}

function cloneUrl(body: unknown): string | null {
  return textAt(body, 'repository.links.html.href');
}

/** One push moves several branches. */
function readPush(body: unknown): ReadEvents {
  const read = listAt(body, 'push.changes')
    .slice(0, MOST_CHANGES)
    .map((change) => {
      const now = at(change, 'new');
      const named = now ?? at(change, 'old');
      const kind = textAt(named, 'type') === 'tag' ? 'tags' : 'heads';
      return refChange({
        ref: `refs/${kind}/${textAt(named, 'name') ?? ''}`,
        before: shaAt(change, 'old.target.hash'),
        after: now === null ? null : shaAt(now, 'target.hash'),
        repo: cloneUrl(body),
        defaultBranch: textAt(body, 'repository.mainbranch.name'),
        message: textAt(now, 'target.message'),
        sender: textAt(body, 'actor.nickname'),
        files: null,
      });
    });
  const events = read.flatMap((one): readonly ForgeEvent[] => ('events' in one ? one.events : []));
  if (events.length > 0) return { events };
  return read[0] ?? notHeeded('a push without a change');
}

function readPull(body: unknown, isOver: boolean): ReadEvents {
  const pull = at(body, 'pullrequest');
  return pullChange({
    ...toldOf(pull),
    what: isOver ? 'closed' : 'pull',
    repo: cloneUrl(body),
    defaultBranch: textAt(body, 'repository.mainbranch.name'),
    sender: textAt(body, 'actor.nickname'),
  });
}

/** In events and in answers of the API. */
function toldOf(pull: unknown): ToldPull {
  const [own, other] = ['destination', 'source'].map((side) => textAt(pull, `${side}.repository.uuid`));
  return {
    number: numberAt(pull, 'id'),
    title: textAt(pull, 'title'),
    head: textAt(pull, 'source.commit.hash'),
    base: textAt(pull, 'destination.commit.hash'),
    headRef: textAt(pull, 'source.branch.name'),
    baseRef: textAt(pull, 'destination.branch.name'),
    fork: own === null || own !== other,
    draft: at(pull, 'draft') === true,
  };
}

function comments(api: ForgeApi, pull: number): CommentApi {
  const all = `/repositories/${api.path}/pullrequests/${pull}/comments`;
  return {
    longest: LONGEST,
    hidesMarkers: false,
    me: async () => textAt(await api.call('GET', '/user'), 'uuid') ?? '',
    async page(number) {
      const found = await api.call('GET', `${all}?pagelen=${PAGE}&page=${number}`);
      return listAt(found, 'values')
        .filter((one) => at(one, 'deleted') !== true)
        .map(commentOf);
    },
    create: async (body) => commentOf(await api.call('POST', all, { content: { raw: body } })).id,
    update: async (id, body) => void (await api.call('PUT', `${all}/${id}`, { content: { raw: body } })),
    remove: async (id) => void (await api.call('DELETE', `${all}/${id}`)),
  };
}

function commentOf(comment: unknown): ForgeComment {
  const body = at(comment, 'content.raw');
  return {
    id: String(at(comment, 'id')),
    body: typeof body === 'string' ? body : '',
    author: textAt(comment, 'user.uuid') ?? '',
  };
}
