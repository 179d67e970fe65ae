import { APP_OF_REPOSITORY } from '@marteau/shared';
import type { Results } from '../schema/results.ts';

/**
 * Whether repeats can confirm what a run's report suspects: the run it is to be compared with, or why not. Only an app
 * of the repository itself changes with the commit; what is deployed elsewhere is the same for both.
 */
export function confirmable({ run, comparison, judgement }: Results): { baseline: string } | { why: string } {
  if (run.target !== APP_OF_REPOSITORY) {
    return {
      why: 'The target is deployed by somebody else, so a repeat of an older commit would meet the same target. Repeats confirm changes of an app that the file starts (app:).',
    };
  }
  if (judgement === null || judgement.verdict === 'invalid')
    return { why: 'This run measured nothing that could be confirmed.' };
  const baseline = comparison?.baselines[0];
  if (baseline === undefined)
    return { why: 'There is no earlier good run of this test with the same load to compare with.' };
  if (run.commit === null || baseline.commit === null)
    return { why: 'It is not known which commits these runs had.' };
  if (run.commit === baseline.commit)
    return { why: `Both runs are of commit ${run.commit.slice(0, 8)}, so there is no change to confirm.` };
  return { baseline: baseline.id };
}
