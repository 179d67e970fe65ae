import {
  type Cause,
  type Delivery,
  kindOfTrigger,
  type Phase,
  type Run,
  type RunKind,
  type RunState,
  type RunSummary,
  type Submitter,
  type Verdict,
} from '@marteau/shared';
import type { LineEntry } from '../ledger/enter-line.ts';
import type { Submission } from './submit.ts';

/** What a submission says and nothing changes later: one field of the run's hash, as JSON. */
export interface Submitted {
  repo: string;
  ref: string | null;
  project: string;
  profile: string | null;
  overrides: Record<string, unknown>;
  email: string | null;
  submitter: Submitter;
  by?: string;
  /** Not there where 0.1.0 took it in. */
  kind?: RunKind;
  trigger: string;
  cause?: Cause;
  confirms?: string;
  loadOf?: string;
  profiles?: true;
}

/** The fields of a run's hash that its record is made of; the scripts have more of their own. */
export type RunHash = Record<string, string>;

/** An empty field of the form or the API is one that was not given. */
export function submittedOf({
  request,
  project,
  submitter,
  kind = 'normal',
  trigger,
  cause,
  confirms,
  loadOf,
  profiles,
}: Submission): Submitted {
  return {
    repo: request.repo,
    ref: request.ref || null,
    project,
    profile: request.profile || null,
    overrides: request.overrides ?? {},
    email: request.email || null,
    submitter,
    ...(request.by && { by: request.by }),
    kind,
    trigger,
    ...(cause !== undefined && { cause }),
    ...(confirms !== undefined && { confirms }),
    ...(loadOf !== undefined && { loadOf }),
    ...(profiles && { profiles }),
  };
}

/** The record of a live run from its hash. */
export function readRun(id: string, hash: RunHash, deliveries: Delivery[]): Run {
  const submitted: Submitted = JSON.parse(hash.submitted!);
  const facts: LineEntry['facts'] | null = json(hash.facts);
  return {
    v: 2,
    id,
    state: hash.state as RunState,
    verdict: (hash.verdict || null) as Verdict | null,
    reason: hash.reason || null,
    reasonCode: hash.reasonCode || null,
    repo: submitted.repo,
    ref: submitted.ref,
    commit: facts?.commit ?? null,
    commitSubject: facts?.commitSubject ?? null,
    commitAuthor: facts?.commitAuthor ?? null,
    project: submitted.project,
    name: facts?.name ?? null,
    test: facts?.test ?? null,
    target: facts?.target ?? null,
    ...(facts?.consent && { consent: facts.consent }),
    profile: submitted.profile,
    overrides: submitted.overrides,
    email: submitted.email,
    submitter: submitted.submitter,
    ...(submitted.by !== undefined && { by: submitted.by }),
    kind: submitted.kind ?? kindOfTrigger(submitted.trigger),
    trigger: submitted.trigger,
    ...(submitted.cause !== undefined && { cause: submitted.cause }),
    ...(submitted.confirms !== undefined && { confirms: submitted.confirms }),
    ...(submitted.loadOf !== undefined && { loadOf: submitted.loadOf }),
    ...(submitted.profiles && { profiles: submitted.profiles }),
    nodes: Number(hash.nodes) - (hash.appNode === '1' ? 1 : 0),
    attempt: Number(hash.attempt),
    phase: json<Phase>(hash.phase),
    stopped: hash.stopped === '1',
    ...(hash.changed === '1' && { changed: true }),
    submittedAt: instant(hash.submittedAt)!,
    startedAt: instant(hash.startedAt),
    endedAt: instant(hash.endedAt),
    timeline: readTimeline(hash.timeline ?? ''),
    engine: facts?.engine ?? { name: '', version: '' },
    summary: json<RunSummary>(hash.summary),
    hasReport: hash.hasReport === '1',
    deliveries,
  };
}

/** 'queued@1763690000000,preparing@…' */
function readTimeline(text: string): Run['timeline'] {
  return text.split(',').map((entry) => {
    const [state, at] = entry.split('@');
    return { state: state as RunState, at: instant(at)! };
  });
}

function json<T>(text: string | undefined): T | null {
  return text ? JSON.parse(text) : null;
}

function instant(ms: string | undefined): string | null {
  return ms ? new Date(Number(ms)).toISOString() : null;
}
