import type { Times } from '../histogram/times.ts';
import type { MetricKind, MetricUnit } from '../schema/custom-metric.ts';
import type { Starts } from '../schema/starts.ts';

/** What one subject did in some time: all that a threshold may ask about. */
export interface Observed {
  readonly seconds: number;
  /** Of what finished; in the open model from when it was to begin. */
  readonly time: Times;
  readonly errors: number;
  /** How many finished, where the times of some are not known; as many as there are times where left out. */
  readonly count?: number;
  /** Times of the errors, a part of `time`; null where they were not kept apart. */
  readonly errorTime: Times | null;
  readonly bytesIn: number;
  /** What was begun and not finished at the end of a stage's window; null where this is not all of it. */
  readonly unfinished: number | null;
  /** Iterations that were started per second, where the threshold is about the whole load; else null. */
  readonly startRate: number | null;
  /** The same of what was intended; null where the threshold is about a label. */
  readonly starts: Pick<Starts, 'planned' | 'dropped' | 'userFailures'> | null;
}

/** What was added to a metric of the script's own in some time. */
export interface ObservedMetric {
  readonly seconds: number;
  readonly count: number;
  readonly sum: number;
  readonly values: Times;
}

/** What a metric is; null as long as nothing was added to it. */
export type MetricNature = { readonly kind: MetricKind; readonly unit: MetricUnit } | null;

/** What a value depends on besides. */
export interface Circumstances {
  /** Of how much the whole load is more than what was observed: counts and rates stand for so many times as much. */
  readonly scale: number;
  /** Apdex T, µs. */
  readonly apdexUs: number;
}
