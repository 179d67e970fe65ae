import { type Static, Type } from 'typebox';
import { Nullable } from '../nullable.ts';
import { Cause } from './cause.ts';
import { Delivery } from './delivery.ts';
import { RunKind } from './kind.ts';
import { RunState, Verdict } from './state.ts';
import { TargetDecision } from './target-decision.ts';

/** ISO 8601, UTC, with milliseconds. */
const Instant = Type.String({
  description: 'ISO 8601 in UTC with milliseconds',
  examples: ['2026-11-21T09:30:00.000Z'],
});

/** Who asked for a run. Kinds are added, never renamed. */
export const Submitter = Type.Object({
  kind: Type.String({ examples: ['session', 'anonymous', 'api', 'cli', 'email'] }),
  id: Type.String(),
});
export type Submitter = Static<typeof Submitter>;

/** What the run does inside its state: shown as progress. */
export const Phase = Type.Object({
  name: Type.String({
    description: 'A verb for a person',
    examples: ['cloning', 'installing', 'starting the app', 'measuring'],
  }),
  /** 0 … 1, or null where the length is not known. */
  progress: Nullable(Type.Number({ minimum: 0, maximum: 1 })),
  detail: Type.String({ examples: ['cycle 2 of 4'] }),
  leftMs: Type.Optional(
    Type.Integer({ minimum: 0, description: 'ms that are left of it; left out where that is not known' }),
  ),
});
export type Phase = Static<typeof Phase>;

/**
 * How sure a change is. One to four runs to compare with: suspected at most. Five or more: likely. Repeats of both
 * commits by turns: confirmed.
 */
export const Grade = Type.Enum(['suspected', 'likely', 'confirmed']);
export type Grade = Static<typeof Grade>;

/** What is told of one kind beside requests: sockets, streams, or requests of a kind that the script names. */
export const KindFigure = Type.Object({
  kind: Type.String({ maxLength: 40, examples: ['ws', 'sse', 'sql'] }),
  name: Type.String({ maxLength: 40, description: 'what is measured', examples: ['round trip'] }),
  count: Type.Integer(),
  p95: Nullable(Type.Number({ description: 'µs, of the slowest stage and label' })),
  errorRate: Type.Number({ description: '0 … 1: of what could go wrong, the most' }),
});
export type KindFigure = Static<typeof KindFigure>;

/** The change that a run's comparison speaks of, for lists; there is none where nothing stands out. */
export const GradedChange = Type.Object({
  metric: Type.Enum(['p50', 'p95', 'rate', 'errors']),
  label: Nullable(Type.String({ description: 'null for all requests' })),
  of: Type.Optional(
    Type.Object(
      { kind: Type.String(), name: Type.String() },
      { description: 'what of that label, beside requests' },
    ),
  ),
  change: Type.Number({ description: 'after / before - 1; of errors after - before' }),
  direction: Type.Enum(['worse', 'better']),
  grade: Grade,
});
export type GradedChange = Static<typeof GradedChange>;

/** The few numbers that lists, mails and badges show. Times in µs, rates per second. */
export const RunSummary = Type.Object({
  requests: Type.Integer(),
  iterations: Type.Integer(),
  errorRate: Type.Number({ description: 'errors / requests, 0 … 1' }),
  failureRate: Type.Number({ description: 'failures / iterations and users that failed, 0 … 1' }),
  /** Open model: iterations that were to begin, and of these, those that did not. */
  planned: Type.Optional(Type.Integer()),
  dropped: Type.Optional(Type.Integer()),
  /** Users that were to be there in any stage, and of these, those that never began. */
  users: Type.Optional(Type.Integer()),
  neverBegan: Type.Optional(Type.Integer()),
  rate: Type.Number({ description: 'requests per second over the recorded time' }),
  p50: Nullable(Type.Number()),
  p95: Nullable(Type.Number()),
  p99: Nullable(Type.Number()),
  stage: Type.Optional(
    Type.String({
      description: 'of several stages the slowest, whose percentiles these are',
      maxLength: 200,
    }),
  ),
  spark: Type.Array(Type.Number(), { description: 'requests per second, at most 40 points', maxItems: 40 }),
  kinds: Type.Optional(Type.Array(KindFigure, { maxItems: 8 })),
  change: Type.Optional(GradedChange),
  load: Type.Optional(
    Type.String({ description: 'equal for equal loads: only then do rate and percentiles compare' }),
  ),
});
export type RunSummary = Static<typeof RunSummary>;

/** The record of one run, as the store keeps it and run.json holds it. */
export const Run = Type.Object({
  v: Type.Literal(2),
  id: Type.String(),
  state: RunState,
  verdict: Nullable(Verdict),
  reason: Nullable(
    Type.String({ description: 'one sentence: why it failed, is invalid, was cancelled or ended in error' }),
  ),
  reasonCode: Nullable(Type.String({ description: 'the stable code of the error, where there is one' })),
  repo: Type.String({ description: 'the URL as submitted' }),
  ref: Nullable(Type.String({ description: 'branch, tag or SHA as submitted; null is the default branch' })),
  commit: Nullable(Type.String({ description: '40 hex digits' })),
  commitSubject: Nullable(Type.String()),
  commitAuthor: Nullable(Type.String()),
  project: Type.String({ description: 'normalised URL: the key that groups runs' }),
  name: Nullable(Type.String({ description: 'name from the file' })),
  test: Nullable(Type.String()),
  target: Nullable(Type.String()),
  consent: Type.Optional(
    Type.Array(TargetDecision, { description: 'why each target may be loaded, and how much' }),
  ),
  profile: Nullable(Type.String()),
  overrides: Type.Record(Type.String(), Type.Unknown()),
  email: Nullable(
    Type.String({
      description: 'who is told about it, beside those that the file names; says nothing of who asked',
    }),
  ),
  submitter: Submitter,
  by: Type.Optional(
    Type.String({ description: 'the name that the submitter gave: shown, and nothing goes by it' }),
  ),
  kind: RunKind,
  trigger: Type.String({
    description: 'what asked for it, as a fact: nothing goes by it',
    examples: ['form', 'api', 'rerun', 'once', 'demo'],
  }),
  cause: Type.Optional(Cause),
  confirms: Type.Optional(
    Type.String({ description: 'of a repeat: the id of the run whose change it is to confirm' }),
  ),
  loadOf: Type.Optional(
    Type.String({ description: 'the commit whose load it is run with: its file, script and data' }),
  ),
  profiles: Type.Optional(
    Type.Literal(true, { description: 'of a repeat: where the app spends its time is sampled' }),
  ),
  nodes: Type.Integer({ minimum: 1 }),
  attempt: Type.Integer({ minimum: 0, description: 'how often nodes were allotted' }),
  phase: Nullable(Phase),
  stopped: Type.Boolean({ description: 'ended early by "stop and report"' }),
  changed: Type.Optional(Type.Boolean({ description: 'somebody changed its load while it ran' })),
  submittedAt: Instant,
  startedAt: Nullable(Instant),
  endedAt: Nullable(Instant),
  timeline: Type.Array(Type.Object({ state: RunState, at: Instant }), {
    description: 'every state it entered',
  }),
  engine: Type.Object({ name: Type.String(), version: Type.String() }),
  summary: Nullable(RunSummary),
  hasReport: Type.Boolean(),
  deliveries: Type.Array(Delivery),
});
export type Run = Static<typeof Run>;

/** The `target` of runs that hit the app which their file starts. */
export const APP_OF_REPOSITORY = 'the app of this repository';

/** What a submission carries, before anything is checked against the repository. */
export const RunRequest = Type.Object(
  {
    repo: Type.String({ minLength: 1, maxLength: 2048, examples: ['https://github.com/you/project'] }),
    ref: Type.Optional(Type.String({ maxLength: 255 })),
    email: Type.Optional(
      Type.String({ maxLength: 254, description: 'who is told about it, beside those that the file names' }),
    ),
    by: Type.Optional(
      Type.String({ maxLength: 60, description: 'who asks, as lists show it; nothing goes by it' }),
    ),
    profile: Type.Optional(Type.String({ maxLength: 100 })),
    at: Type.Optional(
      Type.String({
        maxLength: 40,
        description: 'when it is to begin, with an offset; at once where it is left out',
        examples: ['2026-12-01T02:30:00+01:00'],
      }),
    ),
    overrides: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    once: Type.Optional(
      Type.Boolean({
        description:
          'try the script once: one user, one iteration of each test, every request and answer in the console; no mail, no report, in no trend',
      }),
    ),
  },
  { additionalProperties: false },
);
export type RunRequest = Static<typeof RunRequest>;
