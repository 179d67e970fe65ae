import { type Static, Type } from 'typebox';
import { Nullable } from '../nullable.ts';
import { readRecord } from '../record/read-record.ts';

/** What pairs of runs say of one figure. */
export const PairedFigure = Type.Object({
  metric: Type.Enum(['p50', 'p95', 'rate', 'errors']),
  label: Nullable(Type.String({ description: 'null for all requests' })),
  of: Type.Optional(
    Type.Object(
      { kind: Type.String(), name: Type.String() },
      { description: 'what of the label it is, where that is no request' },
    ),
  ),
  load: Type.String({ examples: ['100 users'] }),
  change: Type.Number({ description: 'after / before - 1; of errors after - before' }),
  low: Nullable(Type.Number({ description: 'where its 95 % interval begins; null where that is not known' })),
  high: Nullable(Type.Number()),
  direction: Type.Enum(['worse', 'better', 'same']),
});
export type PairedFigure = Static<typeof PairedFigure>;

/**
 * Whether a suspected change is real, by repeats of both commits by turns. `undecided` while repeats go on;
 * `inconclusive` when the most repeats did not decide it; `broken` when a repeat could not be counted.
 */
export const Confirmation = Type.Object({
  v: Type.Literal(1),
  run: Type.String({ description: 'id of the run whose change is in question' }),
  baseline: Type.String({
    description: 'id of the run that it is compared with; of the check of a pull request, its own',
  }),
  base: Type.Optional(
    Type.String({ description: 'of the check of a pull request: the commit that its head is compared with' }),
  ),
  until: Type.Optional(Type.String({ description: 'ISO 8601; no longer than that' })),
  decision: Type.Enum(['undecided', 'worse', 'better', 'same', 'inconclusive', 'broken']),
  sentence: Type.String({
    examples: ['Confirmed worse: p95 at 100 users +11.2 % over 4 pairs of runs by turns.'],
  }),
  pairs: Type.Integer({ minimum: 0, description: 'that were counted' }),
  /** after / before - 1 of the main figure, and the 95 % interval; null as long as it is not known. */
  change: Nullable(Type.Number()),
  low: Nullable(Type.Number()),
  high: Nullable(Type.Number()),
  figures: Type.Optional(
    Type.Array(PairedFigure, { description: 'of the check of a pull request: every figure', maxItems: 100 }),
  ),
  smallest: Type.Optional(
    Type.Number({ description: 'a change of the main figure that nine of ten such checks find' }),
  ),
  /** Runs in the order of queueing: in each pair both commits, which of them first by turns. */
  repeats: Type.Array(
    Type.Object({
      side: Type.Enum(['before', 'after']),
      run: Type.String({ description: 'its id' }),
      void: Type.Optional(
        Type.Literal(true, { description: 'it or the other of its pair was invalid: the pair is run again' }),
      ),
    }),
    { maxItems: 40 },
  ),
  startedAt: Type.String({ description: 'ISO 8601' }),
  endedAt: Nullable(Type.String()),
});
export type Confirmation = Static<typeof Confirmation>;

/** The repeats that count, two by two. */
export function countedRepeats({ repeats }: Pick<Confirmation, 'repeats'>): Confirmation['repeats'] {
  return repeats.filter((repeat) => !repeat.void);
}

/** Fewer pairs of repeats decide nothing; more than the most do not decide it either. */
export const PAIRS_OF_CONFIRMATION = { fewest: 3, most: 7 } as const;

/** Reads the text of a confirmation.json. @throws MarteauError newer-data, record-damaged */
export function readConfirmation(text: string, run: string): Confirmation {
  const format = { schema: Confirmation, version: 1, upgrades: {} };
  return readRecord(text, format, `confirmation.json of run ${run}`);
}
