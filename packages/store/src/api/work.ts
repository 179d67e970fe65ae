import type { JobData, JobResult, QueueName } from '../jobs/jobs.ts';

/**
 * Does one job. Delivery is at least once: `ledger.begin…` fences. A handler that throws is tried again later, with
 * backoff; a job is never given up silently.
 */
export type Handler<Q extends QueueName> = (data: JobData<Q>) => Promise<JobResult>;

/** One queue's worker in this process. */
export interface Work {
  /** Takes no new job; the current ones go on. */
  pause(): Promise<void>;
  resume(): void;
  /** Waits for the current jobs, at most so long; then lets go of them (they are delivered again elsewhere). */
  close(graceMs: number): Promise<void>;
}

export interface WorkOptions {
  /** Jobs at a time. 1 */
  concurrency?: number;
}
