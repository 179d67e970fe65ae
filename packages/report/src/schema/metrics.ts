import { MetricKind, MetricOf, MetricUnit } from '@marteau/measure';
import { Nullable } from '@marteau/shared';
import { type Static, Type } from 'typebox';
import { Spread } from './statistics.ts';

/** A metric of the script's own, or with `of` of the engine's: a trend, a counter, a rate or a check. Values are in its unit: µs, bytes, or plain. */
export const MetricResult = Type.Object({
  kind: MetricKind,
  name: Type.String(),
  unit: MetricUnit,
  of: Type.Optional(MetricOf),
  steps: Type.Array(
    Type.Object({
      step: Type.Integer(),
      count: Type.Integer({ description: 'how often something was added' }),
      sum: Type.Number({ description: 'of the values; of rates and checks how many held' }),
      rate: Type.Number({ description: 'added per second' }),
      values: Nullable(Spread),
    }),
  ),
  series: Type.Object({
    from: Type.Number(),
    width: Type.Number({ exclusiveMinimum: 0 }),
    count: Type.Array(Type.Number()),
    sum: Type.Array(Type.Number()),
  }),
});
export type MetricResult = Static<typeof MetricResult>;
