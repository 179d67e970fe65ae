import { DelayedError, type Job, Worker } from 'bullmq';
import { type ConnectionOptions, connect, disconnect, patient } from '../redis/connections.ts';
import { QUEUE_PREFIX } from '../redis/keys.ts';
import { within } from '../redis/within.ts';
import type { JobData, JobResult, QueueName } from './jobs.ts';

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

/** A job whose worker is silent for so long is delivered again. Its lease may still be valid: then it is stale. */
const LOCK_MS = 10_000;
const STALLED_MS = 5000;
/** When to deliver a job again that cannot be done here now. */
const LATER_MS = 1000;

/** 0.5 s, doubling, at most 30 s. */
const backoff = (failures: number): number => Math.min(500 * 2 ** Math.min(failures - 1, 6), 30_000);

export function workOn<Q extends QueueName>(
  connection: ConnectionOptions,
  queue: Q,
  handler: Handler<Q>,
  { concurrency = 1 }: WorkOptions = {},
): Work {
  const { log } = connection;
  const redis = connect(connection, `work-${queue}`, patient);
  const running = new Set<Promise<unknown>>();

  const handle = async (job: Job<JobData<Q>, JobResult>, token?: string): Promise<JobResult> => {
    const result = handler(job.data);
    running.add(result);
    try {
      const answer = await result;
      if (answer !== 'later') return answer;
      await job.moveToDelayed(Date.now() + LATER_MS, token);
    } finally {
      running.delete(result);
    }
    throw new DelayedError();
  };

  const worker = new Worker<JobData<Q>, JobResult>(queue, handle, {
    connection: redis,
    prefix: QUEUE_PREFIX,
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_MS,
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    drainDelay: 1,
    runRetryDelay: 500,
    settings: { backoffStrategy: backoff },
  });
  worker.on('error', (error) => log.debug({ queue, err: error.message }, 'worker of a queue'));
  worker.on('failed', (job, error) =>
    log.warn(
      { queue, job: job?.id, tries: job?.attemptsMade, err: error },
      'a job failed and will be tried again',
    ),
  );

  return {
    pause: () => worker.pause(true),
    resume: () => worker.resume(),
    async close(graceMs) {
      await within(500, worker.pause(true));
      await within(graceMs, Promise.allSettled([...running]));
      await within(1000, worker.close(running.size > 0 || redis.status !== 'ready'));
      await disconnect(redis);
    },
  };
}
