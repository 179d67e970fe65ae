import { boundInWords, holds, inWords, subjectInWords, type Threshold } from '@marteau/measure';
import { formatDuration, nearest } from '@marteau/shared';
import type { MergedStep } from '../merge/merged.ts';
import { addMetricCounts } from '../merge/metrics.ts';
import { noTimes } from '../merge/times.ts';
import type { Subject } from '../merge/totals.ts';
import type { JudgedStep, JudgedThreshold } from '../schema/judgement.ts';
import { busyStretches } from './distortion.ts';
import type { Evidence } from './evidence.ts';
import { marginOf, measure, thinEvidence } from './measure.ts';
import { measureMetric } from './measure-metric.ts';
import {
  intervalsWithin,
  type Slice,
  type Stretch,
  sliceOf,
  startRateOf,
  wholeStep,
  windowsOf,
} from './slice.ts';
import { stepInWords } from './words.ts';

/** Judges one threshold in every step that it speaks of. */
export function judgeThreshold(threshold: Threshold, evidence: Evidence): JudgedThreshold {
  const none = { threshold, step: null, measured: null, margin: null, suggestions: [], steps: [] };
  if (threshold.custom !== null) return judgeMetric(threshold, evidence);
  const subject = subjectOf(threshold, evidence);
  if (subject === null) return { ...none, ...unknownLabel(threshold, evidence) };
  if (threshold.duringFaults && evidence.faults.length === 0) {
    const sentence = `${threshold.source} was not judged: nothing was broken on purpose in this run, so there is no time “during faults”.`;
    return { ...none, outcome: 'absent', sentence };
  }
  return judgeSteps(threshold, evidence, (step) => judgeStep(threshold, step, subject, evidence));
}

/** A threshold on a metric of the script's own. */
function judgeMetric(threshold: Threshold, evidence: Evidence): JudgedThreshold {
  const none = { threshold, step: null, measured: null, margin: null, suggestions: [], steps: [] };
  const { metrics, grid } = evidence.merged;
  const metric = metrics.find(({ name }) => name === threshold.custom);
  if (metric === undefined) {
    const names = metrics.map(({ name }) => name);
    const near = nearest(threshold.custom ?? '', names);
    const hint = near === null ? '' : ` Did you mean "${near}"?`;
    const sentence = `${threshold.source}: the script never added to a metric "${threshold.custom}".${hint}`;
    return { ...none, outcome: 'absent', sentence, suggestions: near === null ? names.slice(0, 10) : [near] };
  }
  if (measureMetric(threshold, metric, { count: 0, sum: 0, times: noTimes }, 1) === 'not') {
    const sentence = `${threshold.source} was not judged: "${metric.name}" is a ${metric.kind}${metric.kind === 'trend' ? ` in ${unitNames[metric.unit]}` : ''}, which has no such value.`;
    return { ...none, outcome: 'unsupported', sentence };
  }
  return judgeSteps(threshold, evidence, (step) => {
    const slices = stretchesOf(threshold, step, evidence).map((intervals) => {
      if (intervals === null) {
        const whole = metric.steps.find((one) => one.step === step.plan.index);
        return { counts: whole ?? addMetricCounts([]), seconds: step.seconds, window: null };
      }
      const counts = addMetricCounts(intervals.flatMap((i) => metric.cells[i] ?? []));
      const window = { from: intervals[0]! * grid.width, to: (intervals.at(-1)! + 1) * grid.width };
      return { counts, seconds: (intervals.length * grid.width) / 1000, window };
    });
    return worstOf(
      slices.flatMap(({ counts, seconds, window }) => {
        const measured = measureMetric(threshold, metric, counts, seconds);
        if (measured === null || measured === 'not') return [];
        const thin = threshold.percentile === null ? null : thinEvidence(threshold, { time: counts.times });
        return [judged(threshold, step, measured, thin, window)];
      }),
    );
  });
}

const unitNames = { us: 'time', bytes: 'bytes', number: 'plain numbers' } as const;

function judgeSteps(
  threshold: Threshold,
  evidence: Evidence,
  judgeOne: (step: MergedStep) => JudgedStep | null,
): JudgedThreshold {
  const none = { threshold, step: null, measured: null, margin: null, suggestions: [], steps: [] };
  const loads = evidence.steps.filter((step) => isMeant(threshold, step));
  const steps = loads.flatMap((step) => judgeOne(step) ?? []);
  return { ...none, ...outcomeOf(threshold, steps, evidence), steps };
}

/** Whom a threshold is about; null when its label never occurred. */
function subjectOf({ label, metric }: Threshold, { merged, totals }: Evidence): Subject | null {
  const ofTests = metric === 'failures' || metric === 'rate';
  if (label === null) {
    const requestless = totals.requests.steps.length === 0;
    return ofTests || requestless ? totals.tests : totals.requests;
  }
  const named = merged.labels.filter(({ name }) => name === label);
  const preferred = named.find(({ kind }) => (kind === 'request') !== ofTests);
  return preferred ?? named[0] ?? null;
}

function unknownLabel({ label, source }: Threshold, { merged }: Evidence) {
  const names = merged.labels.map(({ name }) => name);
  const near = nearest(label ?? '', names);
  const hint = near === null ? '' : ` Did you mean "${near}"?`;
  return {
    outcome: 'absent' as const,
    sentence: `${source}: "${label}" never occurred in this run.${hint}`,
    suggestions: near === null ? names.slice(0, 10) : [near],
  };
}

/** Whether a threshold speaks of a step: it does of all, unless it is `at` a load. */
export function isMeant({ at }: Pick<Threshold, 'at'>, { plan }: Pick<MergedStep, 'plan'>): boolean {
  if (at === null) return true;
  const range = 'users' in at ? plan.users : plan.rate;
  const wanted = 'users' in at ? at.users : at.rate;
  // A ramp has that load for a moment only.
  return range?.from === wanted && range.to === wanted;
}

function judgeStep(
  threshold: Threshold,
  step: MergedStep,
  subject: Subject,
  evidence: Evidence,
): JudgedStep | null {
  return worstOf(
    slicesOf(threshold, step, subject, evidence)
      .map((slice) => judgeSlice(threshold, step, slice, evidence))
      .filter(({ measured }) => measured !== null),
  );
}

function worstOf(judgedOnes: readonly JudgedStep[]): JudgedStep | null {
  return judgedOnes.reduce<JudgedStep | null>(
    (worst, next) => (worst === null || isWorse(next, worst) ? next : worst),
    null,
  );
}

/**
 * The stretches of a step by which a threshold is judged, as intervals: every window, or what is in or out of faults,
 * without the time in which the generator was too busy. Null stands for all of the step, of which more is known.
 */
function stretchesOf(
  threshold: Threshold,
  step: MergedStep,
  evidence: Evidence,
): (readonly number[] | null)[] {
  const { windowMs, duringFaults } = threshold;
  const { grid } = evidence.merged;
  const stretch = { from: step.begin, to: step.end };
  const busy = busyStretches(evidence.merged);
  const { faults, shadows = faults } = evidence;
  const meant = duringFaults ? faults : shadows;
  const inFault = (interval: Stretch) => meant.some((fault) => overlaps(fault, interval));
  const isBusy = (interval: Stretch) => busy.some((one) => overlaps(one, interval));
  if (windowMs === null && !duringFaults && !inFault(stretch) && !isBusy(stretch)) return [null];
  const inside = intervalsWithin(
    grid,
    stretch,
    (interval) => inFault(interval) === duringFaults && !isBusy(interval),
  );
  if (inside.length === 0) return [];
  if (windowMs === null) return [inside];
  const length = Math.max(1, Math.round(windowMs / grid.width));
  return windowsOf(inside, Math.min(length, inside.length));
}

function slicesOf(threshold: Threshold, step: MergedStep, subject: Subject, evidence: Evidence): Slice[] {
  const { grid } = evidence.merged;
  return stretchesOf(threshold, step, evidence).map((intervals) => {
    if (intervals !== null) {
      const startRate = startsIn(intervals, threshold, evidence);
      return { ...sliceOf(subject.cells, grid, intervals), startRate };
    }
    const all = intervalsWithin(grid, { from: step.begin, to: step.end }, () => true);
    const stats = subject.steps.find((part) => part.step === step.plan.index);
    const whole = stats ? wholeStep(stats, step.seconds) : { ...nothing, seconds: step.seconds };
    return { ...whole, startRate: startsIn(all, threshold, evidence) };
  });
}

/** The rate of a run is that of its starts; the rate of a label is that of what finished. */
function startsIn(intervals: readonly number[], { metric, label }: Threshold, { merged }: Evidence) {
  return metric === 'rate' && label === null ? startRateOf(merged.load, merged.grid, intervals) : null;
}

const nothing: Slice = {
  count: 0,
  errors: 0,
  bytesIn: 0,
  time: noTimes,
  errorTime: null,
  seconds: 0,
  window: null,
};

function overlaps(a: Stretch, b: Stretch): boolean {
  return a.from < b.to && b.from < a.to;
}

function judgeSlice(
  threshold: Threshold,
  { plan }: MergedStep,
  slice: Slice,
  evidence: Evidence,
): JudgedStep {
  const { loss = null, apdexThreshold } = evidence;
  const found = measure(threshold, slice, apdexThreshold);
  const measured = found !== null && loss !== null && isOfAll(threshold) ? found * loss.scale : found;
  return judged(threshold, { plan }, measured, thinEvidence(threshold, slice), slice.window);
}

/** Whether a value grows with the number of nodes: counts and rates do, times and shares do not. */
function isOfAll({ metric, unit }: Threshold): boolean {
  return ['rate', 'requests', 'bytes'].includes(metric) || unit === 'count';
}

function judged(
  threshold: Threshold,
  { plan }: Pick<MergedStep, 'plan'>,
  measured: number | null,
  thin: number | null,
  window: JudgedStep['window'],
): JudgedStep {
  return {
    step: plan.index,
    measured,
    ok: measured !== null && holds(threshold, measured),
    margin: measured === null ? null : marginOf(threshold, measured),
    thin,
    window,
  };
}

/** Failed before held, then the smaller margin; without margins (a bound of 0) the larger value. */
function isWorse(a: JudgedStep, b: JudgedStep): boolean {
  if (a.ok !== b.ok) return !a.ok;
  if (a.margin !== null && b.margin !== null) return a.margin < b.margin;
  return Math.abs(a.measured ?? 0) > Math.abs(b.measured ?? 0);
}

function outcomeOf(threshold: Threshold, steps: readonly JudgedStep[], { steps: all }: Evidence) {
  const worst = steps.reduce<JudgedStep | null>(
    (found, next) => (found === null || isWorse(next, found) ? next : found),
    null,
  );
  if (worst === null) {
    const sentence = `${threshold.source} was not judged: nothing that it speaks of finished while it was recorded.`;
    return { outcome: 'absent' as const, sentence };
  }
  const plans = all.map(({ plan }) => plan);
  const step = plans.find(({ index }) => index === worst.step)!;
  const where = stepInWords(step, plans);
  const when =
    worst.window === null || worst.ok ? '' : `, ${formatDuration(worst.window.from)} into the load`;
  const value = inWords(worst.measured, threshold.unit);
  const sentence = `${subjectInWords(threshold)} ${value}${where}${when} (wanted ${boundInWords(threshold)})`;
  const { measured, margin } = worst;
  return {
    outcome: worst.ok ? ('ok' as const) : ('fail' as const),
    step: worst.step,
    measured,
    margin,
    sentence,
  };
}
