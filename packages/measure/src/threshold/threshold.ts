import { type Static, Type } from 'typebox';
import { type MetricName, metricsInWords } from './metrics.ts';

/** What the bound of a threshold counts. Bounds are always in these units, however they were written. */
export const ThresholdUnit = Type.Enum([
  'us', // microseconds
  'ratio', // 0 … 1
  'perSecond',
  'bytes',
  'bytesPerSecond',
  'count',
  'score', // Apdex: 0 … 1
]);
export type ThresholdUnit = Static<typeof ThresholdUnit>;

export const Comparison = Type.Enum(['<', '<=', '>', '>=']);
export type Comparison = Static<typeof Comparison>;

/**
 * A bound that decides the verdict:
 * `METRIC [of [KIND] "LABEL" [ASPECT]] [of location "NAME"] (<|<=|>|>=) VALUE [over WINDOW] [at N users|at RATE] [during faults]`.
 */
export const Threshold = Type.Object({
  source: Type.String({ description: 'as written in the file' }),
  metric: Type.Unsafe<MetricName>(Type.String({ description: metricsInWords })),
  percentile: Type.Union([Type.Number(), Type.Null()], { description: '95 for p95; null for other metrics' }),
  /** The request, test or step that it is about; null for the whole run. */
  label: Type.Union([Type.String(), Type.Null()]),
  /** The script's own metric that it is about (`metric "cart size"`, `p95 of metric "cart size"`). */
  custom: Type.Union([Type.String(), Type.Null()]),
  /** Whom the metric `custom` is about, where the engine measures it: a kind, and a label or null for all of them. */
  of: Type.Optional(Type.Object({ kind: Type.String(), label: Type.Union([Type.String(), Type.Null()]) })),
  /** The location of the file's `nodes` that it is about; left out for all of them. */
  location: Type.Optional(Type.String()),
  comparison: Comparison,
  bound: Type.Number(),
  unit: ThresholdUnit,
  /** Must hold in every window of this many ms (whole seconds); null: over the whole stage. */
  windowMs: Type.Union([Type.Integer({ minimum: 1000 }), Type.Null()]),
  /** Judged only in stages of this load; null: in every stage. */
  at: Type.Union([
    Type.Object({ users: Type.Integer({ minimum: 1 }) }),
    Type.Object({ rate: Type.Number({ description: 'iterations per second' }) }),
    Type.Null(),
  ]),
  /** Judged inside fault windows only; otherwise outside only. */
  duringFaults: Type.Boolean(),
  /** One of Marteau's own, because the file has none. */
  isDefault: Type.Boolean(),
});
export type Threshold = Static<typeof Threshold>;
