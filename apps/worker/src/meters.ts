import { Meters, meterProcess } from '@marteau/meters';
import type { JobResult } from '@marteau/store';
import type { Standing } from './standing.ts';

export interface WorkerMeters {
  text(): Promise<string>;
  /** Does a job, and counts how long it took and what came of it. */
  timed<T extends JobResult>(job: string, work: () => Promise<T>): Promise<T>;
  /** A run waited for its nodes so long, ms. */
  waited(ms: number): void;
  /** A job, or a run with it, ended by this error of the catalogue. */
  failed(code: string): void;
  /** A try to tell somebody. @param outcome sent, later, refused */
  told(kind: string, outcome: string): void;
}

const JOB_BOUNDS = [0.1, 0.5, 2, 10, 60, 300, 1800, 7200];
const WAIT_BOUNDS = [1, 5, 15, 60, 300, 900, 3600];

/** What this process counts. */
export function createWorkerMeters(
  versions: { marteau: string; node: string },
  standing: () => Standing,
): WorkerMeters {
  const meters = new Meters();
  meterProcess(meters, 'worker', versions);
  meters.gauges(() => {
    const { isBusy, isLeaving } = standing();
    const one = (name: string, help: string, value: boolean) => ({
      name,
      help,
      samples: [{ value: Number(value) }],
    });
    return [
      one('marteau_worker_busy', 'Whether it is at work', isBusy),
      one('marteau_worker_leaving', 'Whether it takes nothing new', isLeaving),
    ];
  });
  const jobs = meters.histogram(
    'marteau_job_seconds',
    'Jobs, by what they are and what came of them',
    JOB_BOUNDS,
  );
  const waits = meters.histogram(
    'marteau_run_wait_seconds',
    'How long runs waited for their nodes',
    WAIT_BOUNDS,
  );
  const errors = meters.counter('marteau_errors_total', 'Errors that runs ended by, by code');
  const deliveries = meters.counter(
    'marteau_deliveries_total',
    'Tries to tell somebody, by what came of them',
  );
  return {
    text: () => meters.text(),
    async timed(job, work) {
      const begun = performance.now();
      let outcome: JobResult | 'failed' = 'failed';
      try {
        const answer = await work();
        outcome = answer;
        return answer;
      } finally {
        // What was not begun says nothing of how long it takes.
        if (outcome === 'done' || outcome === 'failed')
          jobs.observe((performance.now() - begun) / 1000, { job, outcome });
      }
    },
    waited: (ms) => waits.observe(ms / 1000),
    failed: (code) => errors.add({ code }),
    told: (kind, outcome) => deliveries.add({ kind, outcome }),
  };
}
