import { type Scaler, startScaler } from '@marteau/testkit';
import type { House } from './house.ts';

interface ElasticOptions {
  max: number;
  /** Resolves when the worker with this number may be started; null where it never comes. */
  before?: (number: number) => Promise<void> | null;
  /** Added to the environment of workers. */
  env?: Record<string, string>;
}

/** Workers of a house that are started when runs want them, and end by themselves. */
export function startElastic(house: House, { max, before, env = {} }: ElasticOptions): Scaler {
  return startScaler({
    url: `${house.url}/api/v1/scale?labels=`,
    max,
    async start(number) {
      const wait = before?.(number);
      if (wait === null) return null;
      await wait;
      return house.startWorker(`pod-${number}`, { MARTEAU_IDLE_EXIT: '2s', ...env });
    },
  });
}
