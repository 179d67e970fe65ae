import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from 'pino';

/** What ends the job that something belongs to: callbacks of its streams, timers and programs know it, too. */
const jobAtWork = new AsyncLocalStorage<AbortController>();

/** Does a job's work; what it throws where nobody can catch it aborts `broken`. */
export function atWork<T>(broken: AbortController, work: () => Promise<T>): Promise<T> {
  return jobAtWork.run(broken, work);
}

/** An error that nobody caught ends the one job that it came from; one of the worker's own ends the worker, as ever. */
export function endOnlyTheJob(log: Logger): void {
  process.on('uncaughtException', (error) => {
    const broken = jobAtWork.getStore();
    if (broken) {
      log.error({ err: error }, 'a defect: the job that it came from is ended');
      return broken.abort(error);
    }
    log.fatal({ err: error }, 'a defect');
    process.exitCode = 1;
    log.flush(() => process.exit(1));
  });
}
