import { type Static, Type } from 'typebox';
import { Distribution } from './distribution.ts';
import { most } from './limits.ts';

/** What a script measures itself: values and how they spread, a sum, a share of yes and no; a check is a named rate. */
export const MetricKind = Type.Enum(['trend', 'counter', 'rate', 'check']);
export type MetricKind = Static<typeof MetricKind>;

export const MetricUnit = Type.Enum(['us', 'bytes', 'number']);
export type MetricUnit = Static<typeof MetricUnit>;

/**
 * What a metric of the engine's own is about: sockets and streams (`ws`, `sse`, `stream`), the generator itself, or requests of a kind that the
 * script names (`sql`), under a label.
 */
export const MetricOf = Type.Object({
  kind: Type.String({ maxLength: 40, examples: ['ws', 'sse', 'sql'] }),
  label: Type.String({ maxLength: 2000, examples: ['GET /chat'] }),
});
export type MetricOf = Static<typeof MetricOf>;

/** The kind under which the generator tells of itself. */
export const GENERATOR = 'generator';

const counts = {
  count: Type.Integer({ description: 'how often something was added' }),
  sum: Type.Number({
    description:
      'trends: sum of the values in their unit; counters: the total; rates and checks: how many held',
  }),
  /** Trends only; in µs, bytes, or thousandths where the unit is number. */
  values: Type.Union([Distribution, Type.Null()]),
};

/** One metric of the script's own; with `of`, one that the engine measures beside requests. */
export const CustomMetric = Type.Object({
  kind: MetricKind,
  name: Type.String({ maxLength: 200 }),
  unit: MetricUnit,
  of: Type.Optional(MetricOf),
  steps: Type.Array(
    Type.Object({ step: Type.Integer({ description: 'index of the plan’s step' }), ...counts }),
    { maxItems: most.stages },
  ),
  /** By interval, in ms since the load began; only where something was added. */
  series: Type.Array(Type.Object({ at: Type.Number(), width: Type.Number(), ...counts }), { maxItems: 1200 }),
});
export type CustomMetric = Static<typeof CustomMetric>;
