import type { Lease } from '@marteau/store';
import { writeConsoleFile } from '../console/console-file.ts';
import type { LeasedJob } from './leased-job.ts';

/**
 * Keeps the console of a run that ends here without a verdict. Never keeps the run from ending, on a full disk least of
 * all: what is missing then is made of the run's events.
 */
export async function keepConsole({
  settle,
  folder,
  log,
}: Pick<LeasedJob<Lease>, 'settle' | 'folder' | 'log'>): Promise<void> {
  await settle();
  await writeConsoleFile(folder).catch((error: Error) =>
    log.warn({ err: error }, 'the console was not kept'),
  );
}
