import { formatCount, formatLatency, spellDuration } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';

/** What of the load the stages' names do not say: what is not recorded around them, and how many users there may be. */
export function planFacts({ plan, model, apdexThreshold }: Results): { term: string; text: string }[] {
  const stages = plan?.steps ?? [];
  const recorded = stages.filter((stage) => stage.recorded && stage.model !== 'pause');
  const warmUp = stages.filter((stage) => !stage.recorded && stage.model !== 'pause');
  const pauses = stages.filter((stage) => stage.model === 'pause');
  const length = (some: typeof stages) => some.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const ramps = distinct(recorded.map(({ rampMs }) => rampMs).filter((ms) => ms > 0));
  const most = distinct(recorded.flatMap(({ maxUsers }) => maxUsers ?? []));
  const seeds = distinct(recorded.flatMap(({ arrivals }) => arrivals?.seed ?? []));
  const facts = {
    model:
      model === null
        ? ''
        : `${model}${model === 'closed' ? ': users wait for an answer before they go on' : ''}`,
    arrivals: seeds.length === 0 ? '' : `as people come (Poisson), seed ${seeds.join(', ')}`,
    'warm-up': warmUp.length === 0 ? '' : `${spellDuration(length(warmUp))}, not recorded`,
    ramp: ramps.length === 0 ? '' : `${ramps.map(spellDuration).join(', ')} before a window, not recorded`,
    pauses: pauses.length === 0 ? '' : spellDuration(length(pauses)),
    'at most': most.length === 0 ? '' : `${most.map(formatCount).join(', ')} users`,
    'Apdex T': recorded.length === 0 ? '' : formatLatency(apdexThreshold),
  };
  return Object.entries(facts).flatMap(([term, text]) => (text === '' ? [] : [{ term, text }]));
}

const distinct = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
