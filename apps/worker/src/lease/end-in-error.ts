import type { Recipient } from '@marteau/shared';
import type { JobLease } from '@marteau/store';
import type { Context } from '../context.ts';
import { keepConsole } from './keep-console.ts';
import type { Failure, LeasedJob } from './leased-job.ts';

/**
 * Ends a run that a job cannot go on with, its console and its reason in its folder.
 * @param recipients who is told of it, where its file was read and it has not come to the line
 */
export async function endInError(
  { store }: Context,
  job: LeasedJob<JobLease>,
  failure: Failure,
  recipients?: readonly Recipient[],
): Promise<void> {
  await keepConsole(job);
  const ended = await store.runs.end(job.lease, {
    state: 'error',
    verdict: null,
    ...failure,
    summary: null,
    hasReport: false,
    ...(recipients && { recipients }),
  });
  job.log.info({ ended, reason: failure.reason }, 'ended in error');
}
