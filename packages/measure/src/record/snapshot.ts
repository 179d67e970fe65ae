import type { Times } from '../histogram/times.ts';
import type { LabelKind } from '../schema/measurements.ts';
import type { Starts } from '../schema/starts.ts';
import type { Counts, PhaseSums } from './counts.ts';
import type { MetricSnapshot } from './metrics.ts';

/** What was counted of one label between two moments. */
export interface LabelSnapshot {
  readonly kind: LabelKind;
  readonly name: string;
  readonly time: Times;
  /** Open model only: from when it began, where `time` is from when it was to begin. */
  readonly service: Times | null;
  /** Times of what counts as an error, a part of `time`. */
  readonly errorTime: Times | null;
  /** Requests: status or error class → count. */
  readonly outcomes: Counts;
  /** Those of `outcomes` that are errors. */
  readonly errorKinds: Counts;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly phases: PhaseSums;
  /** Requests: how many went over HTTP/2, where any did. */
  readonly http2?: number;
}

/** All that was counted between two moments: never over the edge of a second, or of a stage's window. */
export interface Snapshot {
  /** Whole seconds since the run's start. */
  readonly second: number;
  /** Index of the plan's stage. */
  readonly stage: number;
  /** Whether it was inside the stage's recorded window. */
  readonly recorded: boolean;
  readonly labels: readonly LabelSnapshot[];
  readonly metrics: readonly MetricSnapshot[];
}

/** What was begun and not finished when a window ended. */
export interface Unfinished {
  readonly stage: number;
  readonly kind: LabelKind;
  readonly name: string;
  readonly count: number;
  /** µs since the oldest one began, or since the last part of its body came where that comes still. */
  readonly oldest: number;
}

/** What was intended of a stage, and happened, in one second: or of all of it, where it was over then. */
export interface StageStarts extends Starts {
  readonly stage: number;
  readonly second: number;
}

/** What is said of the load and of one thread that generates it, of one second. */
export interface LoadSnapshot {
  readonly second: number;
  readonly users: number;
  readonly offered: number;
  readonly started: number;
  readonly late: number;
  readonly dropped: number;
  /** Attempts of users to begin or to leave that failed. */
  readonly userFailures: number;
  /** Processor time / time, 0 … 1. */
  readonly cpu: number;
  /** µs, p99. */
  readonly loopDelay: number;
  readonly sockets: number;
  /** Of these, WebSockets and streams of events; left out where there are none. */
  readonly streams?: number;
  /** Time in garbage collection / time, 0 … 1. */
  readonly gc: number;
  /** Of the closed model's users: time that lay between their iterations / their time, 0 … 1. */
  readonly between: number;
}
