import type { Confirmation } from './confirmation.ts';
import { APP_OF_REPOSITORY, type Run } from './run.ts';

type Checked = Pick<Run, 'cause' | 'commit' | 'target'>;

/**
 * Why the head of a pull request is judged by its thresholds alone; null where it is compared with the commit that its
 * branch left, by pairs of runs. A sentence, '' where the file says so itself.
 */
export function whyNotCompared({ cause, commit, target }: Checked): string | null {
  const pull = cause?.pull;
  if (!pull || pull.gate === undefined) return 'It is of no pull request.';
  if (pull.gate === 'thresholds') return '';
  if (target !== APP_OF_REPOSITORY) {
    return 'This commit does not decide what is deployed at its target (there is no app:), so thresholds and the trend alone judge it.';
  }
  if (pull.base === undefined) return pull.noBase ?? 'The commit to compare with is not known.';
  if (pull.base === commit) return 'It has no commit of its own to compare.';
  return null;
}

/** What is told of a pull request's head once its first run passed. `waits`: pairs are to be run, or are running. */
export type PullStanding = 'passed' | 'waits' | Exclude<Confirmation['decision'], 'undecided'>;

/** @param run that passed @param check null where none has begun */
export function pullStanding(run: Checked, check: Confirmation | null): PullStanding {
  if (whyNotCompared(run) !== null) return 'passed';
  return check === null || check.decision === 'undecided' ? 'waits' : check.decision;
}
