import { type CheckJob, checkScript } from './check-script.ts';
import type { ShareOptions } from './start-share.ts';

/**
 * Loads a script and lists the full names of the tests that are to be run, in their order.
 * @throws MarteauError script-*; the signal's reason
 */
export async function namesOfTests(job: CheckJob, options: ShareOptions): Promise<string[]> {
  const checked = await checkScript(job, options);
  options.signal.throwIfAborted();
  if ('error' in checked) throw checked.error;
  const wanted = checked.tests.filter(
    ({ name, fullName, skipped }) =>
      !skipped && (job.test === null || job.test === name || job.test === fullName),
  );
  return wanted.map(({ fullName }) => fullName);
}
