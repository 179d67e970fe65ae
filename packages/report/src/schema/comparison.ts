import { LabelKind } from '@marteau/measure';
import { Grade, Nullable } from '@marteau/shared';
import { type Static, Type } from 'typebox';

/** One figure of one subject at one load, before and after. */
export const Endpoint = Type.Object({
  kind: LabelKind,
  label: Nullable(Type.String({ description: 'null for all labels of the kind together' })),
  of: Type.Optional(
    Type.Object(
      { kind: Type.String({ examples: ['ws'] }), name: Type.String({ examples: ['round trip'] }) },
      { description: 'what of the label it is, where that is no request' },
    ),
  ),
  load: Type.String({ description: 'name of the stage', examples: ['100 users'] }),
  metric: Type.Enum(['p50', 'p95', 'rate', 'errors']),
  before: Type.Number({ description: 'µs, per second, or a share; of several runs their geometric mean' }),
  after: Type.Number(),
  /** after / before - 1; for errors after - before. */
  change: Type.Number(),
  low: Nullable(
    Type.Number({ description: 'lower end of the interval of the change; null where it is not known' }),
  ),
  high: Nullable(Type.Number()),
  /** Smallest and largest of the runs compared with. */
  spread: Nullable(Type.Object({ from: Type.Number(), to: Type.Number() })),
  direction: Type.Enum(['worse', 'better', 'same']),
  grade: Nullable(Grade),
});
export type Endpoint = Static<typeof Endpoint>;

/** Something beside the numbers that differs between two runs. */
export const Difference = Type.Object({
  what: Type.String({ examples: ['commit', '.marteau.yml', 'engine', 'nodes'] }),
  before: Type.String(),
  after: Type.String(),
  link: Nullable(Type.String({ description: 'where the difference can be seen' })),
});
export type Difference = Static<typeof Difference>;

export const Comparison = Type.Object({
  /** The runs compared with, newest first. */
  baselines: Type.Array(
    Type.Object({
      id: Type.String(),
      commit: Nullable(Type.String()),
      commitSubject: Nullable(Type.String()),
      at: Type.String({ description: 'ISO 8601' }),
      url: Nullable(Type.String()),
    }),
  ),
  sentence: Type.String({
    examples: ['p95 at 100 users is 31 % worse than in the last good run (suspected).'],
  }),
  direction: Type.Enum(['worse', 'better', 'same']),
  grade: Nullable(Grade),
  endpoints: Type.Array(Endpoint),
  changed: Type.Array(Difference),
});
export type Comparison = Static<typeof Comparison>;
