import {
  CapacitySearch,
  FailureGroup,
  HostSeries,
  HttpConnections,
  LabelKind,
  RecordingRecord,
  Source,
  Starts,
  StoppedBy,
} from '@marteau/measure';
import { Confirmation, Nullable, Plan, Stage } from '@marteau/shared';
import { type Static, Type } from 'typebox';
import { Blocks } from './blocks.ts';
import { Capacity } from './capacity.ts';
import { ChaosResult } from './chaos.ts';
import { Comparison } from './comparison.ts';
import { Judgement } from './judgement.ts';
import { MetricResult } from './metrics.ts';
import { RunFacts } from './run-facts.ts';
import { LoadSeries, Series } from './series.ts';
import { Statistics } from './statistics.ts';

export const RESULTS_SCHEMA_NAME = 'marteau.results/1';

/** One recorded stage of the load as it really was, and what all requests and all tests did in it. */
export const StageResult = Type.Object({
  plan: Stage,
  begin: Type.Number({ description: 'ms since the load began' }),
  end: Type.Number(),
  complete: Type.Boolean({ description: 'false when it was cut short' }),
  requests: Statistics,
  tests: Statistics,
  /** What was intended beside what happened; left out by engines that do not tell. */
  starts: Type.Optional(Starts),
  /** Of all requests: the time (µs) at one quantile after the other, as far as enough values lie above it. */
  spectrum: Type.Array(Type.Object({ quantile: Type.Number(), time: Type.Number() })),
});
export type StageResult = Static<typeof StageResult>;

/** One request, test or subtest over all stages. */
export const LabelResult = Type.Object({
  kind: LabelKind,
  name: Type.String(),
  steps: Type.Array(Statistics),
  series: Nullable(Series),
});
export type LabelResult = Static<typeof LabelResult>;

/** One share of the load: a node, and how well it kept up. */
export const NodeResult = Type.Object({
  node: Type.String(),
  share: Type.Integer(),
  startedAt: Type.String(),
  threads: Type.Integer(),
  cpuSeconds: Type.Number(),
  requests: Type.Integer(),
  peakCpu: Type.Number({ description: '0 … 1' }),
  peakLoopDelay: Type.Number({ description: 'µs' }),
  late: Type.Integer(),
  dropped: Type.Integer(),
  limits: Type.Array(
    Type.Object({
      code: Type.String(),
      sentence: Type.String(),
      share: Type.Number({ description: 'of the recorded time, 0 … 1' }),
    }),
  ),
});
export type NodeResult = Static<typeof NodeResult>;

/** What the nodes of one location of the file did together. */
export const LocationResult = Type.Object({
  name: Type.String(),
  labels: Type.Record(Type.String(), Type.String()),
  nodes: Type.Array(Type.String()),
  steps: Type.Array(Type.Object({ step: Type.Integer(), requests: Statistics, tests: Statistics })),
});
export type LocationResult = Static<typeof LocationResult>;

/** Anything with a time that may explain the curves: a fault, an app's restart, a lost node. */
export const ResultEvent = Type.Object({
  at: Type.Number({ description: 'ms since the load began' }),
  duration: Type.Number({ description: 'ms; 0 for a moment' }),
  kind: Type.String(),
  title: Type.String(),
  detail: Type.String(),
});
export type ResultEvent = Static<typeof ResultEvent>;

/**
 * Everything that is known about a run when it ended. The HTML report is a pure function of it. Times are µs where
 * they are latencies and ms where they are moments; rates are per second; shares of a whole are 0 … 1.
 */
export const Results = Type.Object(
  {
    schema: Type.Literal(RESULTS_SCHEMA_NAME),
    run: RunFacts,
    /** What the test is about, where its file says so. */
    description: Type.Optional(Type.String()),
    /** The `.marteau.yml` as used, secrets never filled in. */
    file: Nullable(
      Type.Object({ text: Type.String(), overrides: Type.Record(Type.String(), Type.Unknown()) }),
    ),
    environment: Type.Record(Type.String(), Type.String(), {
      description: 'what stood around the run: versions, lock file, machine; by name, for a person',
    }),
    plan: Nullable(Plan),
    model: Nullable(Type.Enum(['closed', 'open', 'mixed'])),
    /** Null for runs that were cancelled or ended in error. */
    judgement: Nullable(Judgement),
    /** Null for a single load, and where the generator and not the target was the limit. */
    capacity: Nullable(Capacity),
    /** Every rate that a search for capacity tried. */
    search: Type.Optional(CapacitySearch),
    /** Which threshold of `stopIf` ended the load. */
    stoppedBy: Type.Optional(StoppedBy),
    /** With the last good runs of the same test; null where there are none. */
    comparison: Nullable(Comparison),
    /** Repeats of both commits, where somebody asked for them. */
    confirmation: Type.Optional(Confirmation),
    apdexThreshold: Type.Number({
      description: 'µs: faster is satisfied, up to four times as slow tolerating',
    }),
    load: Type.Object({
      startedAt: Nullable(Type.String()),
      endedAt: Nullable(Type.String()),
      recordedSeconds: Type.Number({ description: 'length of all recorded windows together' }),
      series: Nullable(LoadSeries),
    }),
    steps: Type.Array(StageResult),
    labels: Type.Array(LabelResult),
    requests: Nullable(Series),
    tests: Nullable(Series),
    /** What the script measured itself, and the engine of sockets, streams and requests of their own kind. */
    metrics: Type.Optional(Type.Array(MetricResult)),
    blocks: Type.Array(Blocks),
    failures: Type.Array(FailureGroup),
    events: Type.Array(ResultEvent),
    nodes: Type.Array(NodeResult),
    /** Where the file names several places to load from. */
    locations: Type.Optional(Type.Array(LocationResult)),
    appNode: Type.Optional(Type.String({ description: 'the node of the app, where that generated no load' })),
    /** Hosts of the target, where the file names some (`monitors`). */
    hosts: Type.Optional(Type.Array(HostSeries)),
    /** Whose figures these are, where a tool of others generated the load. */
    source: Type.Optional(Source),
    /** What our fetch opened to send requests on. */
    connections: Type.Optional(HttpConnections),
    /** Where the file names proxies. */
    chaos: Type.Optional(ChaosResult),
    /** Where the file names recordings. */
    recordings: Type.Optional(Type.Array(RecordingRecord)),
    notes: Type.Array(Type.String()),
  },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:marteau:schema:results:1',
    title: 'Results of a Marteau run',
  },
);
export type Results = Static<typeof Results>;
