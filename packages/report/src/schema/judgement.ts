import { Threshold } from '@marteau/measure';
import { Nullable, Verdict } from '@marteau/shared';
import { type Static, Type } from 'typebox';

/** How far a measured value is from the bound, as a part of the bound: 0.2 is 20 % better, -0.2 is 20 % worse. */
const Margin = Nullable(Type.Number());

/** One threshold in one stage of the load. */
export const JudgedStage = Type.Object({
  step: Type.Integer(),
  measured: Nullable(
    Type.Number({ description: 'in the unit of the threshold; null: nothing was measured' }),
  ),
  ok: Type.Boolean(),
  margin: Margin,
  /** How many values the measured one rests on, where these are too few for it to be exact; else null. */
  thin: Nullable(Type.Integer()),
  /** Bounds of times: the part of what it rests on that were errors; left out where there were none. */
  errors: Type.Optional(Type.Number({ description: '0 … 1' })),
  /** The worst window of a threshold `over` some seconds, in ms since the load began. */
  window: Nullable(Type.Object({ from: Type.Number(), to: Type.Number() })),
});
export type JudgedStage = Static<typeof JudgedStage>;

/** One threshold of the file, judged in every stage it speaks of and never over several loads at once. */
export const JudgedThreshold = Type.Object({
  threshold: Threshold,
  /** `absent`: its label or its faults never occurred. `unsupported`: not judged yet. Neither is a pass. */
  outcome: Type.Enum(['ok', 'fail', 'absent', 'unsupported']),
  /** The worst stage, and what was measured there. */
  step: Nullable(Type.Integer()),
  measured: Nullable(Type.Number()),
  margin: Margin,
  sentence: Type.String({ examples: ['p95 412 ms at 100 users (wanted < 300 ms)'] }),
  suggestions: Type.Array(Type.String(), { description: 'labels that were meant, perhaps' }),
  steps: Type.Array(JudgedStage),
});
export type JudgedThreshold = Static<typeof JudgedThreshold>;

export const Judgement = Type.Object({
  verdict: Verdict,
  reason: Type.String({ description: 'one sentence' }),
  thresholds: Type.Array(JudgedThreshold),
});
export type Judgement = Static<typeof Judgement>;
