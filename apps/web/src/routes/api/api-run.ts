import { Delivery, hasEnded, isMarteauError, Run, RunState, Submitter, Verdict } from '@marteau/shared';
import type { Place, RunNotes, Store } from '@marteau/store';
import { type Static, Type } from 'typebox';

/** A run as the API answers it. Fields are added, never renamed or removed. */
export const ApiRun = Type.Object({
  v: Type.Literal(1),
  id: Type.String(),
  url: Type.String({ description: 'the page of this run' }),
  state: RunState,
  verdict: Type.Union([Verdict, Type.Null()]),
  reason: Run.properties.reason,
  reasonCode: Run.properties.reasonCode,
  phase: Run.properties.phase,
  repo: Run.properties.repo,
  ref: Run.properties.ref,
  commit: Run.properties.commit,
  commitSubject: Run.properties.commitSubject,
  project: Run.properties.project,
  name: Run.properties.name,
  test: Run.properties.test,
  target: Run.properties.target,
  consent: Type.Optional(Run.properties.consent),
  profile: Run.properties.profile,
  overrides: Run.properties.overrides,
  submitter: Submitter,
  by: Type.Optional(Run.properties.by),
  kind: Run.properties.kind,
  trigger: Run.properties.trigger,
  cause: Type.Optional(Run.properties.cause),
  confirms: Type.Optional(Run.properties.confirms),
  loadOf: Type.Optional(Run.properties.loadOf),
  nodes: Run.properties.nodes,
  attempt: Run.properties.attempt,
  stopped: Run.properties.stopped,
  changed: Type.Optional(Run.properties.changed),
  submittedAt: Run.properties.submittedAt,
  startedAt: Run.properties.startedAt,
  endedAt: Run.properties.endedAt,
  queue: Type.Union([Type.Object({ position: Type.Integer(), waitingFor: Type.String() }), Type.Null()], {
    description: 'where it stands in the line; null once it started',
  }),
  engine: Run.properties.engine,
  reportUrl: Type.Union([Type.String(), Type.Null()]),
  summary: Run.properties.summary,
  tags: Type.Array(Type.String()),
  note: Type.String(),
  mails: Type.Array(
    Type.Object({ to: Type.String(), state: Delivery.properties.state, detail: Type.String() }),
    {
      description: 'the mails about it; lists may leave out those of long ended runs',
    },
  ),
});
export type ApiRun = Static<typeof ApiRun>;

/** @param base the address of this server, without a slash at its end */
function apiRun(run: Run, place: Place | null, notes: RunNotes | undefined, base: string): ApiRun {
  const url = `${base}/runs/${run.id}`;
  return {
    v: 1,
    id: run.id,
    url,
    state: run.state,
    verdict: run.verdict,
    reason: run.reason,
    reasonCode: run.reasonCode,
    phase: run.phase,
    repo: run.repo,
    ref: run.ref,
    commit: run.commit,
    commitSubject: run.commitSubject,
    project: run.project,
    name: run.name,
    test: run.test,
    target: run.target,
    ...(run.consent !== undefined && { consent: run.consent }),
    profile: run.profile,
    overrides: run.overrides,
    submitter: run.submitter,
    ...(run.by !== undefined && { by: run.by }),
    kind: run.kind,
    trigger: run.trigger,
    ...(run.cause !== undefined && { cause: run.cause }),
    ...(run.confirms !== undefined && { confirms: run.confirms }),
    ...(run.loadOf !== undefined && { loadOf: run.loadOf }),
    nodes: run.nodes,
    attempt: run.attempt,
    stopped: run.stopped,
    ...(run.changed && { changed: true }),
    submittedAt: run.submittedAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    queue: place && { position: place.position, waitingFor: place.waitingFor },
    engine: run.engine,
    reportUrl: run.hasReport ? `${url}/report` : null,
    summary: run.summary,
    tags: notes?.tags ?? [],
    note: notes?.note ?? '',
    mails: run.deliveries
      .filter(({ kind }) => kind === 'mail')
      .map(({ to, state, detail }) => ({ to, state, detail })),
  };
}

/** Runs with their places in the line, which only those have that did not start. */
export async function apiRuns(store: Store, runs: readonly Run[], base: string): Promise<ApiRun[]> {
  const open = runs.filter((run) => !hasEnded(run.state)).map((run) => run.id);
  const places = open.length > 0 ? await store.ledger.places(open) : new Map<string, Place>();
  const notes = await store.notes.of(runs.map(({ id }) => id)).catch(whileAway);
  return runs.map((run) => apiRun(run, places.get(run.id) ?? null, notes.get(run.id), base));
}

/** What has ended is told while Redis is away, without what only Redis knows. */
function whileAway(error: unknown): Map<string, RunNotes> {
  if (isMarteauError(error, 'store-unavailable')) return new Map();
  throw error;
}
