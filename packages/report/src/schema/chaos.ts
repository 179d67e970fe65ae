import { ChaosRecord, FaultWindow } from '@marteau/measure';
import { Nullable } from '@marteau/shared';
import { type Static, Type } from 'typebox';

/** What all requests did in a span of time. */
export const FaultFigures = Type.Object({
  seconds: Type.Number(),
  rate: Type.Number({ description: 'requests per second' }),
  errors: Type.Number({ description: '0 … 1' }),
  p95: Nullable(Type.Number({ description: 'µs' })),
  errorKinds: Type.Optional(
    Type.Record(Type.String(), Type.Integer(), {
      description: 'HTTP status or error class → count',
      examples: [{ 503: 812, ECONNRESET: 40 }],
    }),
  ),
});
export type FaultFigures = Static<typeof FaultFigures>;

/** A fault, and what the target made of it. */
export const JudgedFault = Type.Intersect([
  FaultWindow,
  Type.Object({
    /** Up to thirty seconds before it; null where there was no steady state to compare with. */
    before: Nullable(FaultFigures),
    during: Nullable(FaultFigures),
    /** From the heal on, as long as before. */
    after: Nullable(FaultFigures),
    /** ms from the heal to the first of five good seconds in a row; null where there were none. */
    recoveredAfter: Nullable(Type.Number()),
    outcome: Type.Enum(['ok', 'fail', 'invalid'], {
      description: 'invalid: what was expected could not be judged',
    }),
    sentence: Type.String({
      examples: ['redis: blackout at 8 s: recovered 1.2 s after the heal (wanted within 5 s)'],
    }),
  }),
]);
export type JudgedFault = Static<typeof JudgedFault>;

/** What was broken on purpose, and what came of it. */
export const ChaosResult = Type.Object({
  seed: ChaosRecord.properties.seed,
  proxies: ChaosRecord.properties.proxies,
  faults: Type.Array(JudgedFault),
  seconds: ChaosRecord.properties.seconds,
  targets: ChaosRecord.properties.targets,
  troubles: ChaosRecord.properties.troubles,
  notes: ChaosRecord.properties.notes,
});
export type ChaosResult = Static<typeof ChaosResult>;
