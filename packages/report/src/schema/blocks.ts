import { LabelKind } from '@marteau/measure';
import { Nullable } from '@marteau/shared';
import { type Static, Type } from 'typebox';

/**
 * One subject in one stage, in blocks of equal length that follow each other. Comparisons draw from them, because
 * requests that follow each other resemble each other, and blocks of some seconds hardly do.
 */
export const Blocks = Type.Object({
  step: Type.Integer(),
  /** Null for all labels of the kind together. */
  label: Nullable(Type.String()),
  kind: LabelKind,
  /** What of the label it is, where that is no request. */
  of: Type.Optional(Type.Object({ kind: Type.String(), name: Type.String() })),
  seconds: Type.Number({ description: 'length of a block' }),
  blocks: Type.Array(
    Type.Object({
      count: Type.Integer(),
      errors: Type.Integer(),
      histogram: Type.String({
        description: 'of times in µs: HdrHistogram V2 compressed, base64; two digits',
      }),
    }),
    { maxItems: 60 },
  ),
});
export type Blocks = Static<typeof Blocks>;
