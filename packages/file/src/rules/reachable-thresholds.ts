import { isMeant, parseThreshold } from '@marteau/measure';
import { inRates, inUsers, readLoad } from '../resolve/load.ts';
import type { ResolvedLoad } from '../resolve/resolved-file.ts';
import { hasOwnPlan } from '../resolve/runner.ts';
import { thresholdTexts } from './faults.ts';
import type { Rule } from './rule.ts';

/** `at 100 users` when no stage has 100 users, from its begin to its end, is never judged; nor is `dropped` of users. */
export const reachableThresholds: Rule = {
  reads: ['thresholds', 'stopIf', 'cycles', 'duration', 'ramp', 'load', 'find', 'warmup', 'runner'],
  check(file, report) {
    if (hasOwnPlan(file)) return;
    const load = readLoad(file);
    const stages = load.plan.steps.filter(({ recorded }) => recorded);
    for (const [path, text] of thresholdTexts(file)) {
      const parsed = parseThreshold(text);
      if ('mistake' in parsed) continue;
      const meant = stages.filter((stage) => isMeant(parsed.threshold, stage));
      if (parsed.threshold.metric === 'dropped' && meant.every(({ model }) => model !== 'open')) {
        report(
          path,
          `'${text}' is never judged: only starts at a rate can be dropped`,
          'give that stage a rate, or leave it out',
        );
        continue;
      }
      if (meant.length > 0) continue;
      report(
        path,
        `'${text}' is never judged: no stage of this file is at that load`,
        `loads are ${loads(load)}`,
      );
    }
  },
};

/** The loads of the stages, as a threshold names them. */
function loads({ plan }: ResolvedLoad): string {
  const each = plan.steps.flatMap(({ users, rate, traffic, name, recorded }) => {
    return recorded ? [traffic ? name : users ? inUsers(users) : inRates(rate!)] : [];
  });
  return [...new Set(each)].join(', ');
}
