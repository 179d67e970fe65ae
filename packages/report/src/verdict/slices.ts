import {
  addTimes,
  type LoadPoint,
  metricOf,
  noTimes,
  type Observed,
  type Span,
  type Threshold,
} from '@marteau/measure';
import type { Cell, Grid, MergedStage, MergedStats } from '../merge/merged.ts';
import type { Subject } from '../merge/totals.ts';
import { busySpans } from './distortion.ts';
import type { Evidence } from './evidence.ts';

/** What a threshold looks at: everything that finished in some span of time, ms since the load began; null for a whole stage. */
export interface Slice extends Observed {
  readonly window: { from: number; to: number } | null;
}

/** The slices of a stage by which a threshold is judged. */
export function slicesOf(
  threshold: Threshold,
  stage: MergedStage,
  subject: Subject,
  evidence: Evidence,
): Slice[] {
  const { grid } = evidence.merged;
  return spansOf(threshold, stage, evidence).map((intervals) => {
    if (intervals !== null)
      return {
        ...sliceOf(subject.cells, grid, intervals),
        startRate: startRateIn(intervals, threshold, evidence),
        starts: startsIn(intervals, threshold, evidence),
      };
    const all = intervalsWithin(grid, { from: stage.begin, to: stage.end }, () => true);
    const stats = subject.steps.find((part) => part.step === stage.plan.index);
    return {
      ...wholeStage(stats, stage.seconds),
      startRate: startRateIn(all, threshold, evidence),
      starts: threshold.label === null ? stage.starts : null,
    };
  });
}

/**
 * The spans of a stage by which a threshold is judged, as intervals: every window, or what is in or out of faults,
 * without the time in which the generator was too busy. Null stands for all of the stage, of which more is known.
 */
export function spansOf(
  threshold: Threshold,
  stage: MergedStage,
  evidence: Evidence,
): (readonly number[] | null)[] {
  const { metric, windowMs, duringFaults } = threshold;
  const { grid } = evidence.merged;
  const span = { from: stage.begin, to: stage.end };
  const busy = busySpans(evidence.merged);
  const { faults, shadows = faults } = evidence;
  const meant = duringFaults ? faults : shadows;
  const inFault = (interval: Span) => meant.some((fault) => overlaps(fault, interval));
  const isBusy = (interval: Span) => busy.some((one) => overlaps(one, interval));
  if (metricOf(metric)?.isAtEnd) return [null];
  if (windowMs === null && !duringFaults && !inFault(span) && !isBusy(span)) return [null];
  const inside = intervalsWithin(
    grid,
    span,
    (interval) => inFault(interval) === duringFaults && !isBusy(interval),
  );
  if (inside.length === 0) return [];
  if (windowMs === null) return [inside];
  const length = Math.max(1, Math.round(windowMs / grid.width));
  return windowsOf(inside, Math.min(length, inside.length));
}

/** A whole stage; without figures nothing happened in it. */
function wholeStage(stats: MergedStats | undefined, seconds: number): Omit<Slice, 'starts' | 'startRate'> {
  const none = { errors: 0, count: 0, bytesIn: 0, time: noTimes, errorTime: null, unfinished: 0 };
  const { errors, count, bytesIn, time, errorTime, unfinished } = stats ?? none;
  return { errors, count, bytesIn, time, errorTime, unfinished, seconds, window: null };
}

/** Intervals that lie wholly inside the span, and that the predicate lets through. */
function intervalsWithin(grid: Grid, span: Span, allowed: (interval: Span) => boolean): number[] {
  // A window may begin a few ms after its interval: what was recorded in the rest of it is all there is.
  const slack = Math.min(grid.width / 2, 500);
  const inside: number[] = [];
  for (let i = 0; i < grid.length; i++) {
    const interval = { from: i * grid.width, to: (i + 1) * grid.width };
    const fits = interval.from >= span.from - slack && interval.to <= span.to + slack;
    if (fits && allowed(interval)) inside.push(i);
  }
  return inside;
}

/** Some intervals of a curve together. */
function sliceOf(
  cells: readonly (Cell | null)[],
  grid: Grid,
  intervals: readonly number[],
): Omit<Slice, 'starts' | 'startRate'> {
  const filled = intervals.flatMap((i) => cells[i] ?? []);
  return {
    errors: filled.reduce((sum, { errors }) => sum + errors, 0),
    bytesIn: filled.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
    time: addTimes(filled.map(({ time }) => time)),
    errorTime: null,
    unfinished: null,
    seconds: (intervals.length * grid.width) / 1000,
    window: windowOf(grid, intervals),
  };
}

/** From the first of some intervals to the last. */
export function windowOf({ width }: Grid, intervals: readonly number[]): Span {
  return { from: intervals[0]! * width, to: (intervals.at(-1)! + 1) * width };
}

/** Every run of so many intervals that follow each other without a gap. */
function windowsOf(intervals: readonly number[], length: number): number[][] {
  const windows: number[][] = [];
  for (let i = 0; i + length <= intervals.length; i++) {
    const window = intervals.slice(i, i + length);
    if (window.at(-1)! - window[0]! === length - 1) windows.push(window);
  }
  return windows;
}

/** The rate of a run is that of its starts; the rate of a label is that of what finished. */
function startRateIn(intervals: readonly number[], { metric, label }: Threshold, { merged }: Evidence) {
  return metric === 'rate' && label === null ? startRateOf(merged.load, merged.grid, intervals) : null;
}

/** What was intended in some intervals; null where the threshold is about a label. */
function startsIn(intervals: readonly number[], { label }: Threshold, { merged }: Evidence): Slice['starts'] {
  if (label !== null) return null;
  const points = intervals.flatMap((i) => merged.load[i] ?? []);
  const sum = (pick: (point: LoadPoint) => number) => points.reduce((total, point) => total + pick(point), 0);
  return {
    planned: sum(({ offered }) => offered),
    dropped: sum(({ dropped }) => dropped),
    userFailures: sum(({ userFailures = 0 }) => userFailures),
  };
}

/** Iterations started per second in some intervals; null where there are none. */
function startRateOf(load: readonly LoadPoint[], grid: Grid, intervals: readonly number[]): number | null {
  if (intervals.length === 0) return null;
  const started = intervals.reduce((sum, i) => sum + (load[i]?.started ?? 0), 0);
  return (started * 1000) / (intervals.length * grid.width);
}

function overlaps(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to;
}
