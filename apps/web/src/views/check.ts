import { type Confirmation, formatChange, type Run, subjectInWords, whyNotCompared } from '@marteau/shared';
import { canAccept, type Standing } from '../data/standing.ts';
import { type ConfirmView, confirmView } from './since.ts';

/** How the head of a pull request compares with its base. */
export interface CheckView {
  /** '#3, against 1a2b3c4d' */
  title: string;
  said: ConfirmView;
  rows: { name: string; change: string; interval: string; kind: string }[];
  acceptedBy: string | null;
  canAccept: boolean;
}

const NAMES = { p50: 'p50', p95: 'p95', rate: 'Rate', errors: 'Errors' } as const;
const MOST_ROWS = 20;

/** Null for a run of no pull request. */
export function checkView(run: Run, standing: Standing): CheckView | null {
  const { check, acceptedBy } = standing;
  const pull = run.cause?.pull;
  if (!pull) return null;
  const why = run.target === null && run.commit === null ? null : whyNotCompared(run);
  const none = { can: false, kind: '', going: false, estimate: '', repeats: [] };
  const said = check ? confirmView(false, check, '') : { ...none, sentence: why ?? '' };
  return {
    title: `Pull request #${pull.number}${pull.base ? `, against ${pull.base.slice(0, 8)}` : ''}`,
    said,
    rows: rowsOf(check),
    acceptedBy,
    canAccept: canAccept(run, standing),
  };
}

function rowsOf(check: Confirmation | null): CheckView['rows'] {
  const figures = (check?.figures ?? []).filter(
    ({ label, direction }) => label === null || direction !== 'same',
  );
  return figures.slice(0, MOST_ROWS).map((figure) => {
    const { metric, load, change, low, high, direction } = figure;
    const subject = subjectInWords(figure);
    return {
      name: `${NAMES[metric]}${subject === null ? '' : ` of ${subject}`} at ${load}`,
      change: formatChange(change),
      interval: low === null || high === null ? '' : `${formatChange(low)} … ${formatChange(high)}`,
      kind: direction === 'same' ? '' : direction,
    };
  });
}
