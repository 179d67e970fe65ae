import { type ForgeEvent, ForgeRefusal, type OpenPulls, type Pull } from '@marteau/forge';
import { isMarteauError } from '@marteau/shared';
import { listRefs } from '@marteau/source';
import { type Arrival, arrivalId, type Hook } from '@marteau/store';
import type { Continuous } from './context.ts';
import { forgeOfProject } from './forge-of-project.ts';
import { createKnownHooks, type KnownHooks } from './known-hooks.ts';
import { hostOf } from './read-commit.ts';
import { offsetOf } from './spread.ts';

type Refs = Readonly<Record<string, string>>;

/** What a look left for the next one. */
interface Looked {
  /** Null as long as no look has gone well. */
  readonly refs: Refs | null;
  /** Null where its forge has not told any. */
  readonly pulls?: LookedPulls | null;
  /** ms since 1970: the next one. */
  readonly at: number;
  /** ms between the two. */
  readonly wait: number;
}

/** Open pull requests, as the forge told them. */
interface LookedPulls extends Pick<OpenPulls, 'tag' | 'isAll'> {
  /** By number. */
  readonly open: Readonly<Record<string, Pull>>;
}

const SHORTEST_MS = 60_000;
const LONGEST_MS = 15 * 60_000;
const JITTER = 0.2;
const PER_HOST = 2;
const TURN_MS = 120_000;
/** What moved at once beyond that is left out: somebody mirrored a repository. */
const MOST_EVENTS = 20;
const MOST_REFS = 5000;
/** That are remembered, where a forge has more than one page of them: the page, and the newest of the others. */
const MOST_PULLS = 500;

/**
 * Looks at the repositories that nobody calls about, two at a time for a host, each after a minute and less often while
 * nothing moves there. What moved comes in as calls of hooks do, pull requests with it where the forge's API tells them. Any number of servers may do so at once.
 */
export function createPoll(
  context: Continuous,
  hooks: KnownHooks = createKnownHooks(context),
): () => Promise<void> {
  const { store, now } = context;
  /** By project, ms since 1970: not before that anything is to be asked, of Redis neither. */
  const next = new Map<string, number>();
  return async () => {
    const due = new Map<string, { hook: Hook; before: Looked | null }[]>();
    for (const hook of await hooks()) {
      if (!hook.polls || (next.get(hook.project) ?? 0) > now()) continue;
      const left = await store.turns.left(placeOf(hook));
      const before = left === null ? null : (JSON.parse(left) as Looked);
      if (before !== null && before.at > now()) {
        next.set(hook.project, before.at);
        continue;
      }
      const { host } = new URL(hook.repo);
      const others = due.get(host);
      if (others) others.push({ hook, before });
      else due.set(host, [{ hook, before }]);
    }
    await Promise.all(
      [...due].flatMap(([host, some]) =>
        Array.from({ length: PER_HOST }, (_, place) => lookAll(context, `poll ${host} ${place}`, some)),
      ),
    );
  };
}

/** One of the two at a host, until nothing is left. */
async function lookAll(
  context: Continuous,
  turn: string,
  hooks: { hook: Hook; before: Looked | null }[],
): Promise<void> {
  for (let next = hooks.shift(); next !== undefined && !context.closing.aborted; next = hooks.shift()) {
    const { hook, before } = next;
    const done = await context.store.turns.alone(turn, TURN_MS, () => look(context, hook, before));
    // Another server is at it.
    if (done === null) return;
  }
}

async function look(context: Continuous, hook: Hook, before: Looked | null): Promise<true> {
  const { store, now, log } = context;
  const leave = ({ refs, pulls }: Pick<Looked, 'refs' | 'pulls'>, hasMoved: boolean) => {
    const wait = hasMoved ? SHORTEST_MS : Math.min(LONGEST_MS, 2 * (before?.wait ?? SHORTEST_MS / 2));
    const jitter = offsetOf(`${hook.project} ${now()}`, wait * JITTER);
    const looked: Looked = { refs, pulls: pulls ?? null, at: now() + wait + jitter, wait };
    return store.turns.leave(placeOf(hook), JSON.stringify(looked));
  };
  try {
    const found = await listRefs({
      ...(await hostOf(context, hook.repo)),
      known: before?.refs ?? null,
    });
    const refs = Object.fromEntries(Object.entries(found.refs).slice(0, MOST_REFS));
    // The first look only learns what is there.
    const pulls = await pullsNow(context, hook, before?.pulls ?? null);
    const moved = [
      ...(before?.refs ? movedIn(hook, before.refs, { ...found, refs }) : []),
      ...(before?.pulls && pulls ? changedPulls(hook, before.pulls, pulls, found.defaultBranch) : []),
    ];
    for (const event of moved.slice(0, MOST_EVENTS))
      await store.arrivals.accept(arrivalOf(hook, event, now()));
    await leave({ refs, pulls }, moved.length > 0);
  } catch (error) {
    if (context.closing.aborted) throw error;
    const why = isMarteauError(error) ? error.message : 'A defect of this server; its log says more.';
    log.info({ project: hook.project, err: why }, 'a repository could not be looked at');
    if (!isMarteauError(error)) log.error({ err: error }, 'a defect');
    await leave(before ?? { refs: null }, false);
  }
  return true;
}

function movedIn(
  { repo }: Hook,
  before: Refs,
  { refs, defaultBranch }: { refs: Refs; defaultBranch: string | null },
): ForgeEvent[] {
  return Object.entries(refs).flatMap(([full, sha]) => {
    const [, kind, ref = ''] = /^refs\/(heads|tags)\/(.+)$/s.exec(full) ?? [];
    if (!kind || before[full] === sha) return [];
    const event: ForgeEvent = {
      kind: kind === 'tags' ? 'tag' : 'push',
      repo,
      ref,
      sha,
      before: before[full] ?? null,
      defaultBranch,
      message: '',
      sender: '',
      files: null,
    };
    return [event];
  });
}

/** What is open now; as it was where the forge cannot say. */
async function pullsNow(
  context: Continuous,
  hook: Hook,
  before: LookedPulls | null,
): Promise<LookedPulls | null> {
  const { forge, api } = await forgeOfProject(context, hook);
  if (forge.pulls === null) return null;
  let found: OpenPulls | null;
  try {
    found = await forge.pulls(api, before?.tag ?? null);
  } catch (error) {
    if (!(error instanceof ForgeRefusal)) throw error;
    context.log.info({ project: hook.project, err: error.message }, 'pull requests could not be looked at');
    return before;
  }
  if (found === null) return before;
  const { pulls, isAll, tag } = found;
  // Those beyond the page are as they were.
  const others = isAll ? [] : othersOf(before?.open ?? {}, pulls).slice(0, MOST_PULLS - pulls.length);
  return { tag, isAll, open: Object.fromEntries([...pulls, ...others].map((pull) => [pull.number, pull])) };
}

/** Those that are not on a page, the newest first. */
function othersOf(known: LookedPulls['open'], page: readonly Pull[]): Pull[] {
  const told = new Set(page.map(({ number }) => number));
  return Object.values(known)
    .filter(({ number }) => !told.has(number))
    .toSorted((a, b) => b.number - a.number);
}

/** Those that are new, have another head or base, or are no draft any more; and those that are over. */
function changedPulls(
  { repo }: Hook,
  before: LookedPulls,
  now: LookedPulls,
  defaultBranch: string | null,
): ForgeEvent[] {
  const eventOf = (kind: 'pull' | 'closed', pull: Pull): ForgeEvent => ({
    kind,
    repo,
    ref: pull.headRef,
    sha: pull.head,
    before: null,
    defaultBranch,
    message: pull.title,
    sender: '',
    files: null,
    pull,
  });
  const over = Object.values(before.open).filter(({ number }) => now.isAll && !now.open[number]);
  const newest = Math.max(0, ...Object.values(before.open).map(({ number }) => number));
  const changed = Object.values(now.open).filter((pull) => {
    const was = before.open[pull.number];
    // Where not all were known, an older one was there before and is only learned.
    if (!was) return before.isAll || pull.number > newest;
    return was.head !== pull.head || was.baseRef !== pull.baseRef || (was.draft && !pull.draft);
  });
  // What starts something comes first: with more than MOST_EVENTS, it is the ends of others that are left out.
  return [...changed.map((pull) => eventOf('pull', pull)), ...over.map((pull) => eventOf('closed', pull))];
}

function arrivalOf({ project, forge }: Hook, event: ForgeEvent, now: number): Arrival {
  const { kind, ref, sha, before, pull } = event;
  const what = pull ? `#${pull.number} ${pull.baseRef} ${pull.draft}` : `${ref} ${before}`;
  return {
    id: arrivalId(project, `poll ${kind} ${what} ${sha}`),
    project,
    at: new Date(now).toISOString(),
    forge: forge.kind,
    delivery: null,
    headers: { 'x-marteau-event': 'poll' },
    events: [event],
    answer: 200,
    state: 'waiting',
    why: null,
    runs: [],
    tries: 0,
  };
}

function placeOf({ project }: Hook): string {
  return `polled ${project}`;
}
