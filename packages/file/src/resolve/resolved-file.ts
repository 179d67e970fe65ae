import { Threshold } from '@marteau/measure';
import { type Static, type TSchema, Type } from 'typebox';
import { FaultSetting } from '../schema/fault-setting.ts';

const Nullable = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()]);
const Ms = Type.Number({ minimum: 0, description: 'milliseconds' });
const Range = Type.Object({ from: Type.Number({ minimum: 0 }), to: Type.Number({ minimum: 0 }) });
const Names = Type.Record(Type.String(), Type.String());

/** One step of `load:`; exactly one of `users`, `rate` and `pauseMs` is set. */
export const ResolvedStage = Type.Object({
  name: Nullable(Type.String()),
  users: Nullable(Range),
  rate: Nullable(Range),
  /** Set with `rate`. */
  maxUsers: Nullable(Type.Integer({ minimum: 1 })),
  iterations: Nullable(Type.Object({ count: Type.Integer({ minimum: 1 }), per: Type.Enum(['all', 'user']) })),
  rampMs: Ms,
  forMs: Ms,
  pauseMs: Nullable(Ms),
});
export type ResolvedStage = Static<typeof ResolvedStage>;

/** The one model of load that the file describes. */
export const ResolvedLoad = Type.Union([
  Type.Object({
    kind: Type.Literal('cycles'),
    users: Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1 }),
    durationMs: Ms,
    /** Null: by the number of users of each cycle. */
    rampMs: Nullable(Ms),
  }),
  Type.Object({
    kind: Type.Literal('steps'),
    /** Side by side; one entry with `test: null` where all tests share the steps. */
    lanes: Type.Array(
      Type.Object({ test: Nullable(Type.String()), steps: Type.Array(ResolvedStage, { minItems: 1 }) }),
      { minItems: 1 },
    ),
  }),
  Type.Object({
    kind: Type.Literal('find'),
    rate: Range,
    while: Type.Array(Threshold, { minItems: 1 }),
    forMs: Ms,
    maxUsers: Nullable(Type.Integer({ minimum: 1 })),
  }),
]);
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

/** `.marteau.yml` with a profile and overrides applied, defaults filled in and every word read: ready to use. */
export const ResolvedFile = Type.Object({
  name: Type.String({ description: 'the script’s path where the file gives none' }),
  description: Nullable(Type.String()),
  script: Type.String({ description: 'relative to wdir' }),
  wdir: Type.String({ description: 'relative to the repository; "." is the repository itself' }),
  test: Nullable(Type.String()),
  profile: Nullable(Type.String()),
  nodes: Type.Object({ count: Type.Integer({ minimum: 1 }), labels: Names }),
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
  shared: Type.Boolean(),
  version: Nullable(Type.Object({ url: Type.String(), json: Nullable(Type.String()) })),
  tls: Type.Object({ verify: Type.Boolean(), ca: Nullable(Type.String()) }),
  load: ResolvedLoad,
  warmupMs: Ms,
  timeoutMs: Ms,
  requestTimeoutMs: Ms,
  session: Type.Enum(['iteration', 'user']),
  connections: Type.Enum(['keep', 'fresh']),
  mark: Type.Boolean(),
  labels: Type.Array(Type.String()),
  expected: Type.Array(Type.Integer(), { description: 'statuses, classes written out, sorted' }),
  thresholds: Type.Array(Threshold, { minItems: 1 }),
  stopIf: Type.Array(Threshold),
  apdexUs: Type.Number({ description: 'Apdex T in µs' }),
  email: Type.Array(Type.String()),
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
