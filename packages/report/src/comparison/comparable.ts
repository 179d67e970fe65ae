import { createHash } from 'node:crypto';
import { areOfTwoProtocols, kindOfTrigger, protocolOf, type Stage } from '@marteau/shared';
import type { Results } from '../schema/results.ts';

/** By which version of HTTP most requests went; null where there were none, or a tool of others does not say. */
function httpOf({ steps, source }: Pick<Results, 'steps' | 'source'>): '1.1' | '2' | null {
  const sum = (pick: (requests: Results['steps'][number]['requests']) => number) =>
    steps.reduce((total, { requests }) => total + pick(requests), 0);
  const count = sum((requests) => requests.count);
  if (count === 0 || source !== undefined) return null;
  return sum(({ http2 = 0 }) => http2) > count / 2 ? '2' : '1.1';
}

/** What must be equal for two stages to be of the same load. */
export function loadKey({ model, users, rate, test, traffic, arrivals }: Stage): string {
  const how = [...(traffic ? [traffic.minutes] : []), ...(arrivals ? [arrivals.kind] : [])];
  return JSON.stringify([model, users, rate, test, ...how]);
}

/**
 * Equal for runs whose rate and percentiles compare as wholes: the same stages, each for the same part of the time, by
 * the same protocol. What a search tries is never the same twice, and is one load.
 */
export function loadOf(results: Results): string {
  const { plan, run, steps, search } = results;
  const stages = (plan?.steps ?? steps.map((step) => step.plan)).filter(
    ({ recorded, model }) => recorded && model !== 'pause',
  );
  const whole = stages.reduce((sum, { durationMs }) => sum + durationMs, 0) || 1;
  const parts = stages.map((stage) => [loadKey(stage), (stage.durationMs / whole).toFixed(2)]);
  const http = httpOf(results);
  const load = [protocolOf(run.target), search ? 'search' : parts, ...(http === '2' ? [http] : [])];
  return createHash('sha256').update(JSON.stringify(load)).digest('hex').slice(0, 8);
}

export const NO_COMMON_LOAD =
  'These runs have no load in common, so their figures cannot be compared. Compare runs with stages of the same users or rates.';

/** Why the figures of two runs say nothing about each other, in a sentence; null where they can be compared. */
export function whyApart(before: Results, after: Results): string | null {
  for (const { run, judgement } of [before, after])
    if (judgement === null) return `Run ${run.id} measured nothing that could be compared.`;
  const loads = new Set(before.steps.map(({ plan }) => loadKey(plan)));
  if (!after.steps.some(({ plan }) => loads.has(loadKey(plan)))) return NO_COMMON_LOAD;
  const [from, to] = [before.run.target, after.run.target];
  if (areOfTwoProtocols(from, to))
    return `One of these runs went by ${protocolOf(from)} and the other by ${protocolOf(to)}, so their figures cannot be compared.`;
  const [older, newer] = [httpOf(before), httpOf(after)];
  if (older !== null && newer !== null && older !== newer)
    return `One of these runs went over HTTP/${older} and the other over HTTP/${newer}, so their figures cannot be compared.`;
  return apart(before) ?? apart(after);
}

/** Why a run says nothing about any other; null where it does. */
function apart({ run, judgement }: Results): string | null {
  if (judgement?.verdict === 'invalid')
    return `Run ${run.id} is invalid: its numbers are the generator’s and not the target’s, so they are compared with nothing.`;
  switch (kindOfTrigger(run.trigger)) {
    case 'repeat':
      return `Run ${run.id} is a repeat: what the repeats say together stands on the page of the run whose change they confirm.`;
    case 'once':
      return `Run ${run.id} only tried the script once, which measures nothing.`;
    case 'normal':
      return null;
  }
}
