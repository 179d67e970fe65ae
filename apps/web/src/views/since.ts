import {
  type Bisect,
  type Confirmation,
  countedRepeats,
  PAIRS_OF_CONFIRMATION,
  RUN_ID_PATTERN,
  type Run,
  shownText,
  spellDuration,
} from '@marteau/shared';
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
  bisect: BisectView;
}

/** Repeats of both commits, by turns, that tell whether a change is real. */
export interface ConfirmView {
  can: boolean;
  /** What came of it so far; '' when nobody asked for it. */
  sentence: string;
  kind: string;
  going: boolean;
  /** How long it takes, or still takes: 'about 12m to 28m'; '' where that is not known. */
  estimate: string;
  repeats: { href: string; name: string }[];
}

/** @param now ms since 1970 */
export function sinceView(
  run: Pick<Run, 'startedAt' | 'endedAt'>,
  evidence: Evidence,
  { confirmation, bisect }: { confirmation: Confirmation | null; bisect: Bisect | null },
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
    confirm: confirmView(evidence.baseline !== null, confirmation, estimateOf(run, confirmation)),
    bisect: bisectView(evidence.baseline !== null && comparison.direction !== 'same', bisect),
  };
}

/** The hunt for the commit. */
interface BisectView {
  can: boolean;
  going: boolean;
  /** '' where there was none. */
  sentence: string;
  steps: { href: string; name: string }[];
}

function bisectView(possible: boolean, bisect: Bisect | null): BisectView {
  const going = bisect?.state === 'running';
  return {
    can: possible && !going,
    going,
    sentence: shownText(bisect?.sentence ?? ''),
    steps: (bisect?.steps ?? []).map(({ run, commit, decision }) => ({
      href: `/runs/${run}`,
      name: `${commit.slice(0, 8)} ${decision}`,
    })),
  };
}

const decided = ['worse', 'better', 'same', 'inconclusive'];

export function confirmView(
  possible: boolean,
  confirmation: Confirmation | null,
  estimate: string,
): ConfirmView {
  if (confirmation === null)
    return { can: possible, sentence: '', kind: '', going: false, estimate, repeats: [] };
  const { decision, sentence, repeats } = confirmation;
  const going = decision === 'undecided' && confirmation.endedAt === null;
  return {
    can: possible && !going && !decided.includes(decision),
    sentence,
    kind: decision === 'worse' || decision === 'better' ? decision : '',
    going,
    estimate,
    repeats: namesOf(repeats),
  };
}

/** '1 before', '1 after'; those of a pair that is run again are told so. */
function namesOf(repeats: Confirmation['repeats']): ConfirmView['repeats'] {
  let counted = 0;
  return repeats.map((repeat) => {
    const pair = Math.floor(counted / 2) + 1;
    if (!repeat.void) counted += 1;
    const name = `${pair} ${repeat.side}${repeat.void ? ' (not counted)' : ''}`;
    return { href: `/runs/${repeat.run}`, name };
  });
}

/** As long as this run took, for each repeat that is left at least, and at most. */
function estimateOf(
  { startedAt, endedAt }: Pick<Run, 'startedAt' | 'endedAt'>,
  now: Confirmation | null,
): string {
  if (startedAt === null || endedAt === null) return '';
  const took = Date.parse(endedAt) - Date.parse(startedAt);
  const { fewest, most } = PAIRS_OF_CONFIRMATION;
  const done = now?.decision === 'undecided' ? Math.max(0, countedRepeats(now).length - 1) : 0;
  const [least, longest] = [fewest, most].map((pairs) => spellDuration(Math.max(1, 2 * pairs - done) * took));
  return `about ${least} to ${longest}`;
}
