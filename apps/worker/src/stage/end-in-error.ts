import type { JobLease } from '@marteau/store';
import type { Context } from '../context.ts';
import { keepConsole } from './keep-console.ts';
import type { Failure, Stage } from './stage.ts';

/** Ends a run that a desk stage cannot go on with, its console and its reason in its folder. */
export async function endInError(
  { store }: Context,
  stage: Stage<JobLease>,
  failure: Failure,
): Promise<void> {
  await keepConsole(stage);
  const ended = await store.runs.end(stage.hold, {
    state: 'error',
    verdict: null,
    ...failure,
    summary: null,
    hasReport: false,
  });
  stage.log.info({ ended, reason: failure.reason }, 'ended in error');
}
