import { formatDuration, parseDuration, spellDuration } from '@marteau/shared';
import { SPARE_MS, setUpMs } from '../plan/length.ts';
import { readApp } from '../resolve/app.ts';
import { readLoad } from '../resolve/load.ts';
import { hasOwnPlan } from '../resolve/runner.ts';
import type { Rule } from './rule.ts';

/** A run that is cut before its plan is through tells nothing. */
export const longEnough: Rule = {
  reads: ['cycles', 'duration', 'ramp', 'load', 'find', 'warmup', 'app', 'deps', 'runner', 'timeout'],
  check(file, report) {
    const timeout = file.timeout === undefined ? null : parseDuration(file.timeout);
    if (timeout === null || hasOwnPlan(file)) return;
    const needs = {
      app: readApp(file.app),
      deps: file.deps ?? [],
    };
    const length = readLoad(file).lengthMs;
    const least = length + setUpMs(needs) + SPARE_MS;
    if (timeout >= least) return;
    const setUp = setUpMs(needs) > 0 ? `, ${spellDuration(setUpMs(needs))} of set-up` : '';
    report(
      ['timeout'],
      `timeout is ${spellDuration(timeout)}, and the run needs more (${spellDuration(length)} of load${setUp}, ${spellDuration(SPARE_MS)} to spare)`,
      `write at least ${wholeMinutes(least)}, or leave it out`,
    );
  },
};

function wholeMinutes(ms: number): string {
  return formatDuration(Math.ceil(ms / 60_000) * 60_000).replace(' ', '');
}
