import { Threshold } from '@marteau/measure';
import { Plan } from '@marteau/shared';
import { type Static, type TSchema, Type } from 'typebox';
import { FaultSetting } from '../schema/fault-setting.ts';
import { resultFormats, runners } from '../schema/runner.ts';

const Nullable = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()]);
const Ms = Type.Number({ minimum: 0, description: 'milliseconds' });
const Names = Type.Record(Type.String(), Type.String());

/**
 * Which HTTP is spoken: 1.1; what TLS agrees on, as browsers do (`auto`); HTTP/2 over TLS or nothing (`2`); HTTP/2 without
 * TLS too, by prior knowledge (`h2c`).
 */
export const HttpChoice = Type.Enum(['1.1', 'auto', '2', 'h2c']);
export type HttpChoice = Static<typeof HttpChoice>;

/** The one model of load that the file describes, as what it amounts to. */
export const ResolvedLoad = Type.Object({
  /** `cycles`, `load` or `find` of the file; or a tool’s own, of which only the tool knows. */
  kind: Type.Enum(['cycles', 'steps', 'find', 'own']),
  /** Of a search for capacity its rising rates, until one breaks. */
  plan: Plan,
  /** From the first user to the last, with the time that a search needs to bisect. */
  lengthMs: Ms,
  /** What holds at a rate that the target can take; only of a search. */
  while: Type.Array(Threshold),
});
export type ResolvedLoad = Static<typeof ResolvedLoad>;

const Expect = Type.Object({ recoverWithinMs: Nullable(Ms), errors: Nullable(Threshold) });
const Option = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);

const Fault = Type.Object({
  atMs: Ms,
  forMs: Nullable(Ms),
  everyMs: Nullable(Ms),
  proxy: Type.String(),
  setting: FaultSetting,
  /** The fault’s own, else that of the whole timeline. */
  expect: Expect,
});

/** `.marteau.yml` with a profile and overrides applied, defaults filled in and every text read: ready to use. */
export const ResolvedFile = Type.Object({
  name: Type.String({ description: 'the script’s path where the file gives none' }),
  description: Nullable(Type.String()),
  script: Type.String({ description: 'relative to wdir; empty where a command needs none' }),
  wdir: Type.String({ description: 'relative to the repository; "." is the repository itself' }),
  test: Nullable(Type.String()),
  /** Who generates the load. */
  runner: Type.Object({
    name: Type.Enum([...runners]),
    /** Of `runner: command`. */
    command: Nullable(Type.String()),
    /** What it writes; null where a tool’s own output is read, or requests are measured at the wire. */
    results: Nullable(
      Type.Object({
        file: Nullable(Type.String({ description: 'relative to wdir; null for its standard output' })),
        format: Type.Enum([...resultFormats]),
      }),
    ),
    way: Type.Enum(['reverse', 'forward']),
    setup: Type.Array(Type.String()),
    /** The file says nothing of a load: the tool’s own plan runs. */
    isOwnPlan: Type.Boolean(),
  }),
  profile: Nullable(Type.String()),
  nodes: Type.Object({
    count: Type.Integer({ minimum: 1, description: 'of all locations' }),
    labels: Names,
    /** Where the file names several places: shares 0 … are those of the first, then of the second … */
    locations: Type.Optional(
      Type.Array(Type.Object({ name: Type.String(), count: Type.Integer({ minimum: 1 }), labels: Names })),
    ),
  }),
  deps: Type.Array(Type.String()),
  env: Type.Record(Type.String(), Type.String(), { description: 'references to secrets not yet filled in' }),
  secrets: Type.Array(Type.String(), { description: 'names of the secrets that env refers to, sorted' }),
  data: Type.Record(
    Type.String(),
    Type.Object({
      file: Type.String({ description: 'relative to wdir' }),
      per: Type.Enum(['iteration', 'user']),
      order: Type.Enum(['unique', 'circular', 'random']),
    }),
  ),
  before: Type.Array(Type.String()),
  after: Type.Array(Type.String()),
  app: Nullable(
    Type.Object({
      setup: Type.Array(Type.String()),
      command: Type.String(),
      ready: Type.String(),
      timeoutMs: Ms,
    }),
  ),
  targets: Type.Array(Type.String(), {
    description: 'as written; empty where the app is the target, or none is named',
  }),
  network: Type.Array(Type.String(), { description: 'host:port' }),
  shared: Type.Boolean(),
  version: Nullable(Type.Object({ url: Type.String(), json: Nullable(Type.String()) })),
  tls: Type.Object({ verify: Type.Boolean(), ca: Nullable(Type.String()) }),
  load: ResolvedLoad,
  warmupMs: Ms,
  timeoutMs: Ms,
  /** The file says it; else it follows from the length of the load. */
  isTimeoutSaid: Type.Optional(Type.Literal(true)),
  requestTimeoutMs: Ms,
  session: Type.Enum(['iteration', 'user']),
  connections: Type.Enum(['keep', 'fresh']),
  /** Left out by files that were resolved before there was a choice: 1.1. */
  http: Type.Optional(HttpChoice),
  mark: Type.Boolean(),
  labels: Type.Array(Type.String()),
  expected: Type.Array(Type.Integer(), { description: 'statuses, classes written out, sorted' }),
  thresholds: Type.Array(Threshold, { minItems: 1 }),
  stopIf: Type.Array(Threshold),
  apdexUs: Type.Number({ description: 'Apdex T in µs' }),
  email: Type.Array(Type.String()),
  /** Who gets figures while the load runs; headers may have `${NAME}` of env. */
  export: Type.Optional(
    Type.Array(Type.Object({ kind: Type.Enum(['otlp', 'prometheus']), url: Type.String(), headers: Names })),
  ),
  /** Channels that are told how it ends, and when. */
  notify: Type.Record(Type.String(), Type.Enum(['change', 'always', 'failure', 'never'])),
  metadata: Names,
  monitors: Type.Record(
    Type.String(),
    Type.Object({ url: Type.String(), instance: Nullable(Type.String()) }),
  ),
  proxies: Type.Record(
    Type.String(),
    Type.Object({
      upstream: Nullable(Type.String()),
      protocol: Type.String(),
      standstillMs: Type.Optional(Type.Number()),
      control: Nullable(Type.String()),
    }),
  ),
  chaos: Nullable(
    Type.Object({
      seed: Nullable(Type.Integer()),
      timeline: Type.Array(Fault),
      /** By proxy: percentages (0 … 100) of behaviours for the whole run. */
      behaviors: Type.Record(
        Type.String(),
        Type.Array(Type.Object({ percent: Type.Number(), behavior: Type.String() })),
      ),
      expect: Expect,
    }),
  ),
  fixtures: Type.Record(
    Type.String(),
    Type.Object({ class: Type.String(), arguments: Type.Record(Type.String(), Option) }),
  ),
  recordings: Type.Record(
    Type.String(),
    Type.Object({
      file: Type.String({ description: 'relative to wdir' }),
      server: Nullable(Type.String()),
      mode: Type.Enum(['replay', 'record', 'replayOrRecord', 'diff', 'off']),
      way: Type.Enum(['reverse', 'forward']),
      /** Times the recorded latency: 1 as recorded, 0 at once. */
      latency: Type.Number({ minimum: 0 }),
      matchHeaders: Type.Array(Type.String()),
      unmatched: Type.Enum(['fail', 'pass']),
      verdict: Type.Enum(['fail', 'invalid', 'none']),
    }),
  ),
});
export type ResolvedFile = Static<typeof ResolvedFile>;
