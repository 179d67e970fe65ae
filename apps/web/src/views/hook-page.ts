import { type ForgeEvent, ForgeKind, forgeOf } from '@marteau/forge';
import { shownText } from '@marteau/shared';
import type { Arrival, Hook, Project } from '@marteau/store';
import { type Moment, moment } from './moment.ts';

interface ArrivalRow {
  id: string;
  when: Moment | null;
  /** 'push to main at 1a2b3c4d' */
  what: string;
  by: string;
  answer: number;
  /** 'waits', 'started', 'ignored', 'failed' */
  state: string;
  why: string;
  runs: { id: string; href: string }[];
  /** Where to send "replay"; null where there is nothing to do again. */
  replay: string | null;
  /** Where to let the head of a fork be run; null where nobody is asked. */
  approve: string | null;
}

export interface HookPage {
  project: { id: string; repo: string; href: string };
  hook: {
    url: string;
    forge: string;
    kind: string;
    api: string;
    setUp: string;
    rotated: Moment | null;
    /** Its repository is looked at, too. */
    polls: boolean;
    /** Whether its forge gets issues of trends; null where it has none. */
    issues: boolean | null;
    quiet: string;
  } | null;
  kinds: { value: string; name: string; chosen: boolean }[];
  arrivals: ArrivalRow[];
}

const STATES: Record<Arrival['state'], string> = {
  waiting: 'waits',
  done: 'started',
  ignored: 'ignored',
  failed: 'failed',
  asked: 'waits for you',
};

/** @param url of the hook @param known what the host is known to be, where nothing was chosen */
export function hookPage(
  { id, repo }: Project,
  {
    hook,
    arrivals,
    url,
    known,
  }: { hook: Hook | null; arrivals: readonly Arrival[]; url: string; known: ForgeKind },
  now: number,
): HookPage {
  const kind = hook?.forge.kind ?? known;
  const old = hook?.secrets[1];
  return {
    project: { id, repo, href: `/projects/${id}` },
    hook: hook && {
      url,
      kind,
      forge: forgeOf(kind).name,
      api: hook.forge.api,
      setUp: forgeOf(kind).setUp,
      polls: hook.polls === true,
      issues: forgeOf(kind).issues === null ? null : hook.issues === true,
      quiet: hook.quiet ?? '',
      rotated:
        old?.until !== undefined && Date.parse(old.until) > now ? moment(hook.secrets[0]!.madeAt, now) : null,
    },
    kinds: ForgeKind.enum.map((value) => ({ value, name: forgeOf(value).name, chosen: value === kind })),
    arrivals: arrivals.map((arrival) => arrivalRow(arrival, now)),
  };
}

function arrivalRow(
  { id, project, at, events, answer, state, why, runs, headers }: Arrival,
  now: number,
): ArrivalRow {
  const named = Object.entries(headers).find(([name]) => /-event(-key)?$/.test(name))?.[1] ?? 'a call';
  return {
    id,
    when: moment(at, now),
    what: events.length > 0 ? events.map(eventInWords).join(', ') : shownText(named),
    by: shownText(events[0]?.sender ?? ''),
    answer,
    state: STATES[state],
    why: shownText(why ?? ''),
    runs: runs.map((run) => ({ id: run, href: `/runs/${run}` })),
    approve: state === 'asked' ? `/projects/${project}/deliveries/${id}/approve` : null,
    replay: events.length > 0 && state !== 'waiting' ? `/projects/${project}/deliveries/${id}/replay` : null,
  };
}

function eventInWords({ kind, ref, sha, pull }: ForgeEvent): string {
  const at = `at ${sha.slice(0, 8)}`;
  if (pull) return `pull request #${pull.number}${kind === 'closed' ? ', closed' : ` ${at}`}`;
  return `${kind === 'tag' ? 'tag' : 'push to'} ${shownText(ref)} ${at}`;
}
