import { type Run, runIdPattern } from '@marteau/shared';
import type { Evidence } from '../data/evidence.ts';
import { type Moment, moment } from './moment.ts';

/** How a run compares with the last good one of its test. */
export interface SinceView {
  sentence: string;
  /** CSS class: 'worse', 'better' or ''. */
  kind: string;
  /** The newest of the runs that it was compared with. */
  baseline: { href: string; name: string; when: Moment | null } | null;
  /** 'and 4 more' or '' */
  more: string;
}

/** @param now ms since 1970 */
export function sinceView(comparison: NonNullable<Evidence['comparison']>, now: number): SinceView {
  const [first] = comparison.baselines;
  const more = comparison.baselines.length - 1;
  return {
    sentence: comparison.sentence,
    kind: comparison.grade !== null && comparison.direction !== 'same' ? comparison.direction : '',
    baseline:
      first && runIdPattern.test(first.id)
        ? {
            href: `/runs/${first.id}`,
            name: [first.commit?.slice(0, 8), first.commitSubject].filter(Boolean).join(' ') || first.id,
            when: moment(first.at, now),
          }
        : null,
    more: more > 0 ? `and ${more} more` : '',
  };
}

/** Only a run that passed can be what later ones are compared with. */
export function canBeBaseline(run: Pick<Run, 'verdict' | 'stopped'>): boolean {
  return run.verdict === 'pass' && !run.stopped;
}
