import type { LabelKind } from '@marteau/measure';
import type { Counts } from './counts.ts';
import type { Summary } from './histogram.ts';
import type { MetricPiece } from './metrics.ts';

/** Where in the run something was measured: a step of a lane, inside its recorded window or not. */
export interface Place {
  /** Index of the plan's step. */
  readonly step: number;
  readonly recorded: boolean;
}

/** What a thread counted of one label in one piece of time. */
export interface LabelPiece {
  readonly kind: LabelKind;
  readonly name: string;
  readonly time: Summary;
  readonly service: Summary | null;
  readonly errorTime: Summary | null;
  readonly outcomes: Counts;
  /** Those of `outcomes` that are errors. */
  readonly errorKinds: Counts;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly phases: Readonly<Record<string, Phase>>;
}

/** Sum and maximum in µs over those that had the phase. */
export interface Phase {
  count: number;
  sum: number;
  max: number;
}

/** All that a thread counted between two moments: never over the edge of a second or of a window. */
export interface Piece extends Place {
  /** Whole seconds since the run's start. */
  readonly second: number;
  readonly labels: readonly LabelPiece[];
  readonly metrics: readonly MetricPiece[];
}

/** What was begun and not finished when a window ended. */
export interface Unfinished {
  readonly step: number;
  readonly kind: LabelKind;
  readonly name: string;
  readonly count: number;
  /** µs since the oldest one began. */
  readonly oldest: number;
}
