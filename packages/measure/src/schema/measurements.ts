import { Share, Stage } from '@marteau/shared';
import { type Static, Type } from 'typebox';
import { ChaosRecord } from './chaos-record.ts';
import { HttpConnections } from './connections.ts';
import { CustomMetric } from './custom-metric.ts';
import { Distribution } from './distribution.ts';
import { HostSeries } from './hosts.ts';
import { most } from './limits.ts';
import { PeerFacts } from './peer.ts';
import { RecordingRecord } from './recording-record.ts';
import { Source } from './source.ts';
import { Starts } from './starts.ts';

/**
 * What the engine measured, one document per share. Documents of several shares are merged by adding counts and
 * histograms, never by averaging. All latencies are whole microseconds (µs); all moments are milliseconds since
 * `startedAt` unless they are ISO instants.
 */

/** What a label counts: an HTTP request, an iteration of a test, or a subtest. */
export const LabelKind = Type.Enum(['request', 'test', 'step']);
export type LabelKind = Static<typeof LabelKind>;

/** One label in one recorded step of the plan. */
export const StepStats = Type.Object({
  step: Type.Integer({ minimum: 0, description: 'index of the plan’s step' }),
  count: Type.Integer({ description: 'finished inside the window' }),
  errors: Type.Integer({
    description: 'requests: no answer or an unexpected status; tests and steps: threw',
  }),
  unfinished: Type.Integer({ description: 'begun and not finished at the window’s end' }),
  oldestUnfinished: Type.Number({
    description: 'µs: lower bound of the latency of the oldest unfinished one',
  }),
  time: Distribution,
  /** Open model only: service time beside the response time from the intended start. */
  service: Type.Union([Distribution, Type.Null()]),
  /** Times of those that count as errors, a part of `time`: without it, Apdex takes errors for the fastest ones. */
  errorTime: Type.Optional(Distribution),
  /** HTTP status or error class ('200', 'ECONNRESET', 'timeout') → count. Requests only. */
  outcomes: Type.Record(Type.String(), Type.Integer(), { maxProperties: most.kinds }),
  bytesIn: Type.Number(),
  bytesOut: Type.Number(),
  /** Sums in µs over the requests that had the phase, and how many had it. Requests only. */
  phases: Type.Record(
    Type.String(),
    Type.Object({ count: Type.Integer(), sum: Type.Number(), max: Type.Number() }),
    { maxProperties: most.kinds },
  ),
  /** Requests that went over HTTP/2, where any did; the others went over HTTP/1.1. */
  http2: Type.Optional(Type.Integer()),
  /** Highest count in any one second. */
  peak: Type.Integer(),
});
export type StepStats = Static<typeof StepStats>;

/** One interval of a time series. Neighbours are merged as a run grows; the worst second is kept exactly. */
export const Point = Type.Object({
  at: Type.Number({ description: 'ms: begin of the interval' }),
  width: Type.Number({ description: 'ms' }),
  count: Type.Integer(),
  errors: Type.Integer(),
  /** Requests only, where there are errors: HTTP status or error class → count. */
  errorKinds: Type.Optional(Type.Record(Type.String(), Type.Integer(), { maxProperties: most.kinds })),
  bytesIn: Type.Number(),
  time: Distribution,
  /** Over the one-second parts of this interval. */
  worst: Type.Object({
    minCount: Type.Integer({ description: 'lowest count in a second' }),
    maxCount: Type.Integer(),
    errors: Type.Integer({ description: 'most errors in a second' }),
    p95: Type.Number({ description: 'µs: highest p95 of a second' }),
  }),
});
export type Point = Static<typeof Point>;

/** All requests second by second, around faults whose recovery is judged: only where the series' intervals are wider. */
const CloseUp = Type.Object({
  stretches: Type.Array(Type.Object({ from: Type.Number(), to: Type.Number() }), {
    description: 'ms: what was looked at so closely, in order, none touching another',
    maxItems: most.points,
  }),
  series: Type.Array(Point, { maxItems: 1200 }),
});
export type CloseUp = Static<typeof CloseUp>;

export const Label = Type.Object({
  kind: LabelKind,
  name: Type.String({ examples: ['GET /users/:id', 'shop > home'] }),
  steps: Type.Array(StepStats, { maxItems: most.stages }),
  series: Type.Array(Point, { maxItems: 1200 }),
});
export type Label = Static<typeof Label>;

/** Failures that mean the same: same test, message (numbers folded) and source line. */
export const FailureGroup = Type.Object({
  kind: Type.Enum(['failure', 'error', 'check']),
  test: Type.String(),
  /** It kept a user from beginning or leaving: what was running then. Left out for what happened in an iteration. */
  hook: Type.Optional(Type.Enum(['load', 'before', 'after'])),
  label: Type.String({ description: 'the request’s label, for errors; else empty' }),
  message: Type.String({ maxLength: 2000 }),
  source: Type.Union([
    Type.String({ description: 'file:line:column relative to the repository' }),
    Type.Null(),
  ]),
  sourceText: Type.Union([Type.String({ description: 'that line of the script' }), Type.Null()]),
  count: Type.Integer(),
  first: Type.Number({ description: 'ms' }),
  last: Type.Number({ description: 'ms' }),
  /** Those in the recorded window of a step; `count` has the others, too. */
  byStep: Type.Record(Type.String(), Type.Integer(), { maxProperties: most.stages }),
  samples: Type.Array(
    Type.Object({
      at: Type.Number({ description: 'ms' }),
      user: Type.Integer(),
      detail: Type.String({ maxLength: 4000, description: 'stack, or request and response, secrets masked' }),
    }),
    { maxItems: 20 },
  ),
});
export type FailureGroup = Static<typeof FailureGroup>;

/** One interval of the load itself and of the generator’s health. */
export const LoadPoint = Type.Object({
  at: Type.Number(),
  width: Type.Number(),
  step: Type.Integer(),
  users: Type.Number({ description: 'active users at the end of the interval' }),
  offered: Type.Number({ description: 'open model: planned starts; closed: 0' }),
  started: Type.Integer({ description: 'iterations started' }),
  late: Type.Integer({ description: 'starts later than 10 ms while users were idle' }),
  dropped: Type.Integer({ description: 'starts that could not happen: all users were waiting' }),
  cpu: Type.Number({ description: 'processor time of the busiest generator thread / interval, 0 … 1' }),
  loopDelay: Type.Number({ description: 'µs: p99 of the event loop’s delay, worst thread' }),
  sockets: Type.Integer(),
  streams: Type.Optional(Type.Integer({ description: 'of these, WebSockets and streams of events' })),
  userFailures: Type.Optional(
    Type.Integer({ description: 'attempts of users to begin or to leave that failed' }),
  ),
  gc: Type.Optional(
    Type.Number({ description: 'part of the interval in garbage collection, worst thread, 0 … 1' }),
  ),
});
export type LoadPoint = Static<typeof LoadPoint>;

/** A reason why the generator and not the target shaped the numbers, and for how long it held. */
const GeneratorLimit = Type.Object({
  code: Type.String({ examples: ['cpu', 'loop-delay', 'gc', 'late', 'sockets'] }),
  sentence: Type.String({ maxLength: most.text }),
  share: Type.Number({ description: 'of the recorded time, 0 … 1' }),
  /** When; ms. */
  windows: Type.Optional(
    Type.Array(Type.Object({ from: Type.Number(), to: Type.Number() }), { maxItems: most.points }),
  ),
});

/** What one thread of the generator did, and how it was. */
const ThreadHealth = Type.Object({
  cpuSeconds: Type.Number(),
  started: Type.Integer({ description: 'iterations' }),
  late: Type.Integer(),
  dropped: Type.Integer(),
  peakCpu: Type.Number({ description: '0 … 1' }),
  peakLoopDelay: Type.Number({ description: 'µs' }),
  peakGc: Type.Number({ description: '0 … 1' }),
  peakSockets: Type.Integer(),
});

/** Which threshold of `stopIf` ended the load. */
export const StoppedBy = Type.Object({
  threshold: Type.String({ description: 'as written in the file' }),
  metric: Type.String(),
  at: Type.Number({ description: 'ms' }),
  sentence: Type.String({ examples: ['errors 62 % (stopIf: errors > 50% over 10s)'] }),
});

export type StoppedBy = Static<typeof StoppedBy>;

/** One rate that a search for capacity tried. */
const Probe = Type.Object({
  step: Type.Integer({ minimum: 0, description: 'index of its step' }),
  rate: Type.Number({ description: 'iterations per second, over all shares' }),
  /** held: every threshold of `while` did. broke: one did not. saturated: the generator could not keep up. */
  outcome: Type.Enum(['held', 'broke', 'saturated']),
  sentence: Type.String({ description: 'what broke; empty when it held', examples: ['p95 1.2 s'] }),
});

/** What a search for capacity (`find`) found. */
export const CapacitySearch = Type.Object({
  probes: Type.Array(Probe, { maxItems: most.stages }),
  /** The highest rate that held, and the lowest that did not; null where there is none. */
  holds: Type.Union([Type.Number(), Type.Null()]),
  breaks: Type.Union([Type.Number(), Type.Null()]),
  sentence: Type.String({ examples: ['Holds 430/s. Breaks at 470/s: p95 of "POST /cart" 1.2 s.'] }),
});
export type CapacitySearch = Static<typeof CapacitySearch>;

export const Measurements = Type.Object({
  v: Type.Literal(1),
  engine: Type.Object({ name: Type.String(), version: Type.String() }),
  share: Share,
  node: Type.String(),
  model: Type.Enum(['closed', 'open', 'mixed']),
  startedAt: Type.String({ description: 'ISO 8601' }),
  endedAt: Type.String(),
  /** True when the load was ended before its plan was through ("stop and report", a deadline). */
  stopped: Type.Boolean(),
  stoppedBy: Type.Optional(StoppedBy),
  search: Type.Optional(CapacitySearch),
  /** The plan’s steps and when their recorded windows really were. */
  steps: Type.Array(
    Type.Object({
      plan: Stage,
      begin: Type.Number({ description: 'ms: begin of the recorded window' }),
      end: Type.Number({ description: 'ms' }),
      complete: Type.Boolean({ description: 'false when it was cut short' }),
      starts: Type.Optional(Starts),
    }),
    { maxItems: most.stages },
  ),
  labels: Type.Array(Label, { maxItems: most.labels }),
  /** What the script measured itself, and the engine of sockets, streams and requests of their own kind. */
  metrics: Type.Optional(Type.Array(CustomMetric, { maxItems: most.labels })),
  failures: Type.Array(FailureGroup, { maxItems: 200 }),
  load: Type.Array(LoadPoint, { maxItems: 1200 }),
  closeUp: Type.Optional(CloseUp),
  /** Whose figures these are, where the engine is a tool of others. */
  source: Type.Optional(Source),
  peer: Type.Optional(PeerFacts),
  connections: Type.Optional(HttpConnections),
  /** Hosts of the target, by the share that watched them. */
  hosts: Type.Optional(Type.Array(HostSeries, { maxItems: most.parts })),
  /** What was broken on purpose, by the share beside whose app the proxies stood. */
  chaos: Type.Optional(ChaosRecord),
  /** What this share's stand-ins for third parties did. */
  recordings: Type.Optional(Type.Array(RecordingRecord, { maxItems: most.parts })),
  /** Notes of the engine for the reader: folded labels, shared instances, slow-road clients. */
  notes: Type.Array(Type.String({ maxLength: most.text }), { maxItems: most.notes }),
  /** How much processor the generator used. */
  generator: Type.Object({
    threads: Type.Integer(),
    cpuSeconds: Type.Number(),
    /** Reasons why the generator shaped the numbers; empty when it did not. */
    limits: Type.Array(GeneratorLimit, { maxItems: most.parts }),
    each: Type.Optional(Type.Array(ThreadHealth, { maxItems: most.parts })),
  }),
});
export type Measurements = Static<typeof Measurements>;
