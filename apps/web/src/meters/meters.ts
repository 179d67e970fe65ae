import { Meters, meterProcess } from '@marteau/meters';
import type { Store } from '@marteau/store';
import { readQueue } from './queue.ts';
import { version } from './version.ts';

export interface WebMeters {
  text(): Promise<string>;
  /** @param route as the app has it: '/runs/:id' */
  answered(route: string, status: number, seconds: number): void;
  /** An error of the catalogue was told to somebody. */
  failed(code: string): void;
}

const BOUNDS = [0.005, 0.02, 0.1, 0.5, 2, 10];

/** What this process counts. */
export function createWebMeters(store: Store): WebMeters {
  const meters = new Meters();
  meterProcess(meters, 'web', { marteau: version, node: process.versions.node });
  meters.gauges(() => readQueue(store));
  const requests = meters.histogram(
    'marteau_http_request_seconds',
    'Answers, by route and kind of status',
    BOUNDS,
  );
  const errors = meters.counter('marteau_errors_total', 'Errors that people and programs were told, by code');
  return {
    text: () => meters.text(),
    answered: (route, status, seconds) =>
      requests.observe(seconds, { route, status: `${Math.floor(status / 100)}xx` }),
    failed: (code) => errors.add({ code }),
  };
}
