import { isMeant, parseThreshold } from '@marteau/measure';
import { formatRate } from '@marteau/shared';
import { buildPlan } from '../plan/build-plan.ts';
import { searchRates } from '../plan/find.ts';
import { readLoad } from '../resolve/load.ts';
import type { ResolvedLoad } from '../resolve/resolved-file.ts';
import { thresholdTexts } from './faults.ts';
import type { Rule } from './rule.ts';

/** `at 100 users` when no step has 100 users, from its begin to its end, is never judged. */
export const reachableThresholds: Rule = {
  reads: ['thresholds', 'stopIf', 'cycles', 'duration', 'ramp', 'load', 'find'],
  check(file, report) {
    const load = readLoad(file);
    const stages = buildPlan({ load, warmupMs: 0 }).steps;
    for (const [path, text] of thresholdTexts(file)) {
      const parsed = parseThreshold(text);
      if ('mistake' in parsed || stages.some((stage) => isMeant(parsed.threshold, stage))) continue;
      report(
        path,
        `'${text}' is never judged: no step of this file is at that load`,
        `loads are ${loads(load)}`,
      );
    }
  },
};

function loads(load: ResolvedLoad): string {
  if (load.kind === 'cycles') return `${load.users.join(', ')} users`;
  if (load.kind === 'find') return searchRates(load.rate).map(formatRate).join(', ');
  const each = load.lanes.flatMap(({ steps }) =>
    steps.flatMap(({ users, rate }) => {
      if (users)
        return [users.from === users.to ? `${users.from} users` : `${users.from} to ${users.to} users`];
      return rate ? [rate.from === rate.to ? `${rate.from}/s` : `${rate.from}/s to ${rate.to}/s`] : [];
    }),
  );
  return [...new Set(each)].join(', ');
}
