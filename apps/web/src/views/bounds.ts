import type { Threshold } from '@marteau/measure';

/** A threshold that a live chart can show as a line; public/js/run/bounds.ts draws it. */
export interface BoundView {
  chart: string;
  metric: string;
  /** µs; requests per second; of errors and failures a share, 0 … 1. */
  bound: number;
  /** Judged only at so many users; null for every load. */
  users: number | null;
  /** As in the file. */
  text: string;
}

const charts: Record<string, { chart: string; unit: Threshold['unit'] }> = {
  p50: { chart: 'latency', unit: 'us' },
  p95: { chart: 'latency', unit: 'us' },
  p99: { chart: 'latency', unit: 'us' },
  requests: { chart: 'rate', unit: 'perSecond' },
  errors: { chart: 'errors', unit: 'ratio' },
  failures: { chart: 'errors', unit: 'ratio' },
};

/** Those of a run's thresholds that speak of what the charts show: of all requests, and not of times of faults. */
export function boundViews(thresholds: readonly Threshold[]): BoundView[] {
  return thresholds.flatMap((threshold) => {
    const { metric, label, custom, bound, unit, at, duringFaults, source } = threshold;
    const place = Object.hasOwn(charts, metric) ? charts[metric] : undefined;
    if (!place || place.unit !== unit || label !== null || custom !== null || duringFaults) return [];
    if (at !== null && !('users' in at)) return [];
    const shown = metric === 'requests' ? 'rate' : metric;
    return [{ chart: place.chart, metric: shown, bound, users: at?.users ?? null, text: source }];
  });
}
