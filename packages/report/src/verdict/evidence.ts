import type { Span } from '@marteau/measure';
import type { Merged, MergedStage } from '../merge/merged.ts';
import type { Totals } from '../merge/totals.ts';

/** All that a verdict rests on. */
export interface Evidence {
  readonly merged: Merged;
  readonly totals: Totals;
  /** The recorded stages: warm-ups and pauses are in no verdict. */
  readonly steps: readonly MergedStage[];
  /** From each fault to its heal, in ms since the load began. */
  readonly faults: readonly Span[];
  /** The faults, each with its time to recover: what is not about faults skips these. The faults where left out. */
  readonly shadows?: readonly Span[];
  /** The load was judged up to the loss of a node; null when none was lost, or too early. */
  readonly loss?: Loss | null;
  /** The target went with the node on which it ran, too early for that; null when it did not. */
  readonly gone?: string | null;
  /** The same of what the nodes of one location measured, by its name. */
  readonly locations?: ReadonlyMap<string, Evidence>;
  /** µs */
  readonly apdexThreshold: number;
}

/** A node that was lost when most was recorded. */
export interface Loss {
  readonly sentence: string;
  /** By how much counts and rates of the shares that are left stand for the whole load. */
  readonly scale: number;
}
