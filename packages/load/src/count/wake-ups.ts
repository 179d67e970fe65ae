import { GENERATOR, type Metric } from '@marteau/measure';
import type { KindMetrics } from './kind-metrics.ts';

/** How late a thread is where it is to be woken at a moment, µs. */
export function wakeUps(kinds: KindMetrics): Metric {
  return kinds.of(GENERATOR, 'its threads').metric('trend', 'wake-up', 'us');
}
