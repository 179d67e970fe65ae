import { setTimeout as sleep } from 'node:timers/promises';
import type { AppEnd, AppProcess } from './app-process.ts';

/** A job of it: a process that may be at work, be on its way, or never come. */
type Job = { process: AppProcess | null; hasEnded: boolean };

interface ScalerOptions {
  /** What answers with `wanted` in JSON. */
  url: string;
  headers?: Record<string, string>;
  /** The most jobs at a time. */
  max: number;
  /** Starts the job with this number, which ends by itself; null for one that stays pending for ever. */
  start(number: number): Promise<AppProcess | null>;
}

export interface Scaler extends AsyncDisposable {
  /** How many jobs there are, pending ones too. */
  running(): number;
  /** The most that there were. */
  most(): number;
  /** How those that have ended did so. */
  ends: readonly AppEnd[];
  /** Gives up those that never came, as a cluster does after its deadline. */
  giveUpPending(): void;
}

const EVERY_MS = 200;

/**
 * A stand-in for KEDA's loop over a ScaledJob with a metrics-api trigger of target value 1 and the strategy `default`:
 * every poll starts as many jobs as are wanted beyond those that are there, and ends none.
 */
export function startScaler({ url, headers = {}, max, start }: ScalerOptions): Scaler {
  const stopping = new AbortController();
  const { signal } = stopping;
  const jobs: Job[] = [];
  const ends: AppEnd[] = [];
  const starting = new Set<Promise<void>>();
  let most = 0;
  const running = () => jobs.filter(({ hasEnded }) => !hasEnded).length;

  const begin = async (number: number): Promise<void> => {
    const job: Job = { process: null, hasEnded: false };
    jobs.push(job);
    job.process = await start(number).catch(() => {
      job.hasEnded = true;
      return null;
    });
    job.process?.ended.then((end) => {
      ends.push(end);
      job.hasEnded = true;
    });
  };
  const poll = async (): Promise<void> => {
    const answer = await fetch(url, { headers, signal });
    if (!answer.ok) return; // KEDA keeps what there is
    const { wanted } = (await answer.json()) as { wanted: number };
    for (let missing = Math.min(wanted, max) - running(); missing > 0; missing--) {
      const work = begin(jobs.length + 1).finally(() => starting.delete(work));
      starting.add(work);
    }
    most = Math.max(most, running());
  };
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      await poll().catch(() => {});
      await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
    }
  };
  const looping = loop();

  return {
    running,
    most: () => most,
    ends,
    giveUpPending() {
      for (const job of jobs) if (job.process === null) job.hasEnded = true;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await looping;
      await Promise.all(starting);
      await Promise.all(jobs.map(({ process }) => process?.stop()));
    },
  };
}
