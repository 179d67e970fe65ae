import { type Static, Type } from 'typebox';

/** Of traffic that is played again: a week. */
export const MOST_MINUTES = 10_080;

const Range = Type.Object({ from: Type.Number({ minimum: 0 }), to: Type.Number({ minimum: 0 }) });

/** As people come: independently of each other, so that the gaps between them are distributed exponentially. */
export const Arrivals = Type.Object({
  kind: Type.Literal('poisson'),
  /** The same seed on the same nodes gives the same moments. */
  seed: Type.Integer({ minimum: 0 }),
});
export type Arrivals = Static<typeof Arrivals>;

/** The rates of a stage, minute by minute, from a file of the project. */
export const Traffic = Type.Object({
  /** Relative to wdir. */
  file: Type.String(),
  /** Iterations that start in each minute; absent until the file was read. */
  minutes: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: MOST_MINUTES })),
  /** How much of the minutes was over when the stage began, where it goes on from another one; ms */
  gone: Type.Optional(Type.Number({ minimum: 0 })),
});
export type Traffic = Static<typeof Traffic>;

/**
 * One step of the load. Users and rates are totals over all nodes.
 *
 *     rampMs (not recorded)   durationMs (recorded, unless `recorded` is false)
 *     ────/───────────────────▶──────────────────────────────────────────────▶
 */
export const Stage = Type.Object({
  index: Type.Integer({ minimum: 0 }),
  name: Type.String({ examples: ['10 users', '50/s to 500/s'] }),
  /** closed: `users` loop. open: iterations arrive at `rate` per second, by at most `maxUsers`. */
  model: Type.Enum(['closed', 'open', 'pause']),
  users: Type.Union([Range, Type.Null()]),
  rate: Type.Union([Range, Type.Null()]),
  /** Where the rate is another one each minute; `rate` is then from the lowest to the highest. */
  traffic: Type.Optional(Traffic),
  /** How iterations arrive at that rate; evenly, one after the other, where it is absent. */
  arrivals: Type.Optional(Arrivals),
  maxUsers: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
  iterations: Type.Union([
    Type.Object({ count: Type.Integer({ minimum: 1 }), per: Type.Enum(['all', 'user']) }),
    Type.Null(),
  ]),
  rampMs: Type.Number({ minimum: 0 }),
  durationMs: Type.Number({ minimum: 0 }),
  /** False for a warm-up: generated, and in no statistic. */
  recorded: Type.Boolean(),
  /** Somebody has made this of the stage before it while that was running. */
  changed: Type.Optional(Type.Literal(true)),
  /** The one test that this stage runs; null for all of the script's, by weight. */
  test: Type.Union([Type.String(), Type.Null()]),
});
export type Stage = Static<typeof Stage>;

/**
 * What load a run generates, from the first user to the last. Steps of one `test` follow one another; the lists of
 * different tests run side by side from the beginning:
 *
 *     null    ├─ step 0 ─┼─ step 1 ─┤          browse  ├─ step 0 ─┼─ step 1 ─┤
 *                                              buy     ├───── step 2 ────────┼─ step 3 ─┤
 */
export const Plan = Type.Object({
  steps: Type.Array(Stage, { minItems: 1 }),
});
export type Plan = Static<typeof Plan>;

/** The part of a plan that one node generates: `index` of `of`. */
export const Share = Type.Object({ index: Type.Integer({ minimum: 0 }), of: Type.Integer({ minimum: 1 }) });
export type Share = Static<typeof Share>;
