import { createHash } from 'node:crypto';
import { kindOfTrigger, protocolOf, type Stage } from '@marteau/shared';
import type { Results } from '../schema/results.ts';

/** What must be equal for two stages to be of the same load. */
export function loadKey({ model, users, rate, test }: Stage): string {
  return JSON.stringify([model, users, rate, test]);
}

/**
 * Equal for runs whose rate and percentiles compare as wholes: the same stages, each for the same part of the time, by
 * the same protocol. What a search tries is never the same twice, and is one load.
 */
export function loadOf({ plan, run, steps, search }: Results): string {
  const stages = (plan?.steps ?? steps.map((step) => step.plan)).filter(
    ({ recorded, model }) => recorded && model !== 'pause',
  );
  const whole = stages.reduce((sum, { durationMs }) => sum + durationMs, 0) || 1;
  const parts = stages.map((stage) => [loadKey(stage), (stage.durationMs / whole).toFixed(2)]);
  const load = [protocolOf(run.target), search ? 'search' : parts];
  return createHash('sha256').update(JSON.stringify(load)).digest('hex').slice(0, 8);
}

/** Why the figures of two runs say nothing about each other, in a sentence; null where they can be compared. */
export function whyApart(before: Results, after: Results): string | null {
  for (const { run, judgement } of [before, after]) {
    if (judgement === null) return `Run ${run.id} measured nothing that could be compared.`;
    if (judgement.verdict === 'invalid')
      return `Run ${run.id} is invalid: its numbers are the generator’s and not the target’s, so they are compared with nothing.`;
    const kind = kindOfTrigger(run.trigger);
    if (kind === 'repeat')
      return `Run ${run.id} is a repeat: what the repeats say together stands on the page of the run whose change they confirm.`;
    if (kind === 'once') return `Run ${run.id} only tried the script once, which measures nothing.`;
  }
  const [from, to] = [before, after].map(({ run }) => protocolOf(run.target));
  if (from !== to)
    return `One of these runs went by ${from || 'the app of the repository'} and the other by ${to || 'the app of the repository'}, so their figures cannot be compared.`;
  const loads = new Set(before.steps.map(({ plan }) => loadKey(plan)));
  return after.steps.some(({ plan }) => loads.has(loadKey(plan)))
    ? null
    : 'These runs have no load in common, so their figures cannot be compared. Compare runs with stages of the same users or rates.';
}
