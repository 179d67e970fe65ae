import { type Static, Type } from 'typebox';
import { Verdict } from '../run/state.ts';
import { Nullable } from './nullable.ts';

/** What a measured value counts, so that a reader can show it: times are µs, shares of a whole 0 … 1. */
export const MeasureUnit = Type.Enum([
  'µs',
  'share',
  'per second',
  'count',
  'bytes',
  'bytes per second',
  'score',
  'value',
]);
export type MeasureUnit = Static<typeof MeasureUnit>;

/** One threshold in one step of the load. */
export const JudgedStep = Type.Object({
  step: Type.Integer(),
  measured: Nullable(Type.Number({ description: 'null where nothing was measured' })),
  ok: Type.Boolean(),
  /** How far the measured value is from the bound, as a part of the bound: 0.2 is 20 % better, -0.2 is 20 % worse. */
  margin: Nullable(Type.Number()),
  /** How many values the measured one rests on, where these are too few to be exact; else null. */
  thin: Nullable(Type.Integer()),
});
export type JudgedStep = Static<typeof JudgedStep>;

/** One threshold of the file, judged in every step it speaks of and never over several loads at once. */
export const JudgedThreshold = Type.Object({
  text: Type.String({ examples: ['p95 of "GET /cart" < 300ms'] }),
  isDefault: Type.Boolean({ description: 'true for the bounds that hold where the file names none' }),
  label: Nullable(Type.String()),
  metric: Type.String({ examples: ['p95', 'errors'] }),
  operator: Type.Enum(['<', '<=', '>', '>=']),
  required: Type.Number(),
  unit: MeasureUnit,
  /** `absent`: its label, or its step, never occurred. `unsupported`: this version cannot judge it. Both fail. */
  outcome: Type.Enum(['ok', 'fail', 'absent', 'unsupported']),
  /** The worst step's value and the worst step. */
  measured: Nullable(Type.Number()),
  step: Nullable(Type.Integer()),
  margin: Nullable(Type.Number()),
  sentence: Type.String({ description: 'what a person reads: "412 ms at 100 users, wanted < 300 ms"' }),
  suggestions: Type.Array(Type.String(), { description: 'labels that were meant, perhaps' }),
  steps: Type.Array(JudgedStep),
});
export type JudgedThreshold = Static<typeof JudgedThreshold>;

export const Judgement = Type.Object({
  verdict: Verdict,
  reason: Type.String({ description: 'one sentence' }),
  thresholds: Type.Array(JudgedThreshold),
});
export type Judgement = Static<typeof Judgement>;
