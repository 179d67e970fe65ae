import type { Threshold } from '@marteau/measure';
import { parseThreshold } from '@marteau/measure';
import { formatRate } from '@marteau/shared';
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
    for (const [path, text] of thresholdTexts(file)) {
      const parsed = parseThreshold(text);
      if ('mistake' in parsed || parsed.threshold.at === null || reaches(load, parsed.threshold.at)) continue;
      report(
        path,
        `'${text}' is never judged: no step of this file is at that load`,
        `loads are ${loads(load)}`,
      );
    }
  },
};

function reaches(load: ResolvedLoad, at: NonNullable<Threshold['at']>): boolean {
  if (load.kind === 'cycles') return 'users' in at && load.users.includes(at.users);
  if (load.kind === 'find') return 'rate' in at && searchRates(load.rate).includes(at.rate);
  return load.lanes.some(({ steps }) =>
    steps.some(({ users, rate }) => {
      const range = 'users' in at ? users : rate;
      const wanted = 'users' in at ? at.users : at.rate;
      // A ramp has that load for a moment, and is judged as a whole.
      return range !== null && range.from === wanted && range.to === wanted;
    }),
  );
}

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
