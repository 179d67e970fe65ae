import { Nullable } from '@marteau/shared';
import { type Static, Type } from 'typebox';

/** Gunther's Universal Scalability Law, fitted to requests per second over users. Never drawn beyond the data. */
export const ScalabilityFit = Type.Object({
  single: Type.Number({ description: 'λ: requests per second of a single user' }),
  contention: Type.Number({ description: 'σ: share of the work that waits in line' }),
  coherency: Type.Number({ description: 'κ: price of keeping everybody consistent' }),
  /** Where more users get less done. Null when no stage went beyond it, or the stages scatter too much to tell. */
  knee: Nullable(
    Type.Object({
      users: Type.Number(),
      low: Type.Number({ description: 'lower end of the 95 % interval' }),
      high: Nullable(Type.Number({ description: 'upper end; null where it lies beyond the most users' })),
      rate: Type.Number({ description: 'requests per second there' }),
    }),
  ),
});
export type ScalabilityFit = Static<typeof ScalabilityFit>;

/** How much the target holds, from stages of different load. */
export const Capacity = Type.Object({
  sentence: Type.String({
    examples: ['Holds 30 users (304 requests/s). Breaks at 100 users: p95 532 ms (wanted < 300 ms).'],
  }),
  /** The stage with the highest rate x Apdex among those with an Apdex of 0.85 or more; else the first. */
  best: Nullable(Type.Integer()),
  /** The highest load up to which every threshold held, and the lowest at which one did not. */
  within: Nullable(Type.Integer()),
  beyond: Nullable(Type.Integer()),
  fit: Nullable(ScalabilityFit),
});
export type Capacity = Static<typeof Capacity>;
