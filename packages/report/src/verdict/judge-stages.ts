import {
  boundInWords,
  type Circumstances,
  holds,
  inWords,
  isMeant,
  subjectInWords,
  type Threshold,
} from '@marteau/measure';
import { formatDuration, formatPercent, nearest, type Stage } from '@marteau/shared';
import type { MergedStage } from '../merge/merged.ts';
import type { JudgedStage, JudgedThreshold } from '../schema/judgement.ts';
import { neededFor } from '../statistics/spread.ts';
import type { Evidence } from './evidence.ts';

/** By how much the nodes that are left stand for the whole load. */
export function circumstancesOf({ loss = null, apdexThreshold }: Evidence): Circumstances {
  return { scale: loss?.scale ?? 1, apdexUs: apdexThreshold };
}

const none = (threshold: Threshold) => ({
  threshold,
  step: null,
  measured: null,
  margin: null,
  suggestions: [],
  steps: [],
});

/** What it speaks of never occurred. @param wanted the name that it gives, @param names those that there were */
export function neverOccurred(
  threshold: Threshold,
  why: string,
  wanted: string,
  names: readonly string[],
): JudgedThreshold {
  const near = nearest(wanted, names);
  const sentence = `${threshold.source}: ${why}${near === null ? '' : ` Did you mean "${near}"?`}`;
  const suggestions = near === null ? names.slice(0, 10) : [near];
  return { ...none(threshold), outcome: 'absent', sentence, suggestions };
}

/** @param outcome `absent`: nothing was there to judge by; `unsupported`: it asks for what is not measured so */
export function notJudged(
  threshold: Threshold,
  outcome: 'absent' | 'unsupported',
  why: string,
): JudgedThreshold {
  return { ...none(threshold), outcome, sentence: `${threshold.source} was not judged: ${why}` };
}

/** @param judgeOne judges all slices of a stage of which something was measured */
export function judgeStages(
  threshold: Threshold,
  evidence: Evidence,
  judgeOne: (step: MergedStage) => readonly JudgedStage[],
): JudgedThreshold {
  const loads = evidence.steps.filter(({ plan }) => isMeant(threshold, plan));
  const steps = loads.flatMap((step) => worstOf(judgeOne(step)) ?? []);
  const worst = worstOf(steps);
  if (worst === null)
    return notJudged(threshold, 'absent', 'nothing that it speaks of finished while it was recorded.');
  return { ...none(threshold), ...outcomeOf(threshold, worst, evidence), steps };
}

/** @param count how many values the measured one rests on */
export function judged(
  threshold: Threshold,
  { plan }: Pick<MergedStage, 'plan'>,
  measured: number,
  count: number,
  window: JudgedStage['window'],
): JudgedStage {
  return {
    step: plan.index,
    measured,
    ok: holds(threshold, measured),
    margin: marginOf(threshold, measured),
    thin: thinEvidence(threshold, count),
    window,
  };
}

/** How many values a percentile rests on where these are too few to know it well; null where they suffice. */
function thinEvidence({ percentile }: Threshold, count: number): number | null {
  return percentile === null || count >= neededFor(percentile / 100) ? null : count;
}

/** How far from the bound, as a part of it: positive is the good side. Null for a bound of 0. */
function marginOf({ comparison, bound }: Threshold, measured: number): number | null {
  if (bound === 0) return null;
  return (comparison.startsWith('<') ? bound - measured : measured - bound) / bound;
}

function worstOf(steps: readonly JudgedStage[]): JudgedStage | null {
  return steps.reduce<JudgedStage | null>(
    (worst, next) => (worst === null || isWorse(next, worst) ? next : worst),
    null,
  );
}

/** Failed before held, then the smaller margin; without margins (a bound of 0) the larger value. */
function isWorse(a: JudgedStage, b: JudgedStage): boolean {
  if (a.ok !== b.ok) return !a.ok;
  if (a.margin !== null && b.margin !== null) return a.margin < b.margin;
  return Math.abs(a.measured ?? 0) > Math.abs(b.measured ?? 0);
}

function outcomeOf(threshold: Threshold, worst: JudgedStage, { steps: all }: Evidence) {
  const plans = all.map(({ plan }) => plan);
  const where = stageInWords(plans.find(({ index }) => index === worst.step)!, plans);
  const when =
    worst.window === null || worst.ok ? '' : `, ${formatDuration(worst.window.from)} into the load`;
  const value = inWords(worst.measured, threshold.unit);
  const { measured, margin, ok, step, errors = 0 } = worst;
  const answers = errors < 0.01 ? '' : ` with ${formatPercent(errors)} errors`;
  return {
    outcome: ok ? ('ok' as const) : ('fail' as const),
    step,
    measured,
    margin,
    sentence: `${subjectInWords(threshold)} ${value}${answers}${where}${when} (wanted ${boundInWords(threshold)})`,
  };
}

/** 'in stage 3 (100 users)', or as little of it as says which stage is meant. */
function stageInWords(step: Stage, all: readonly Stage[]): string {
  if (all.length < 2) return '';
  const unique = all.filter(({ name }) => name === step.name).length === 1;
  return unique ? ` at ${step.name}` : ` in stage ${step.index + 1} (${step.name})`;
}
