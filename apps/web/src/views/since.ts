import { type Confirmation, RUN_ID_PATTERN } from '@marteau/shared';
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
  confirm: ConfirmView;
}

/** Repeats of both commits, by turns, that tell whether a change is real. */
export interface ConfirmView {
  can: boolean;
  /** What came of it so far; '' when nobody asked for it. */
  sentence: string;
  kind: string;
  going: boolean;
  repeats: { href: string; name: string }[];
}

/** @param now ms since 1970 */
export function sinceView(
  evidence: Evidence,
  confirmation: Confirmation | null,
  now: number,
): SinceView | null {
  const { comparison } = evidence;
  if (comparison === null) return null;
  const [first] = comparison.baselines;
  const more = comparison.baselines.length - 1;
  return {
    sentence: comparison.sentence,
    kind: comparison.grade !== null && comparison.direction !== 'same' ? comparison.direction : '',
    baseline:
      first && RUN_ID_PATTERN.test(first.id)
        ? {
            href: `/runs/${first.id}`,
            name: [first.commit?.slice(0, 8), first.commitSubject].filter(Boolean).join(' ') || first.id,
            when: moment(first.at, now),
          }
        : null,
    more: more > 0 ? `and ${more} more` : '',
    confirm: confirmView(evidence.baseline !== null, confirmation),
  };
}

const decided = ['worse', 'better', 'same', 'inconclusive'];

function confirmView(possible: boolean, confirmation: Confirmation | null): ConfirmView {
  if (confirmation === null) return { can: possible, sentence: '', kind: '', going: false, repeats: [] };
  const { decision, sentence, repeats } = confirmation;
  const going = decision === 'undecided' && confirmation.endedAt === null;
  return {
    can: possible && !going && !decided.includes(decision),
    sentence,
    kind: decision === 'worse' || decision === 'better' ? decision : '',
    going,
    repeats: repeats.map(({ side, run }, i) => ({
      href: `/runs/${run}`,
      name: `${Math.floor(i / 2) + 1} ${side}`,
    })),
  };
}
