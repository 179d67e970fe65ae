import type { Merged, MergedStep } from '../merge/merged.ts';
import type { Totals } from '../merge/totals.ts';
import type { Stretch } from './slice.ts';

/** All that a verdict rests on. */
export interface Evidence {
  readonly merged: Merged;
  readonly totals: Totals;
  /** The recorded steps: warm-ups and pauses are in no verdict. */
  readonly steps: readonly MergedStep[];
  /** From each fault to its heal, in ms since the load began. */
  readonly faults: readonly Stretch[];
  /** µs */
  readonly apdexThreshold: number;
}
