import type { ThresholdUnit } from './threshold.ts';

const time: ThresholdUnit[] = ['us'];
const custom: ThresholdUnit[] = ['us', 'ratio', 'perSecond', 'count'];

/** Every metric with a name of its own, and the units in which it can be bounded. */
const units: Record<string, readonly ThresholdUnit[]> = {
  avg: time,
  min: time,
  max: time,
  errors: ['ratio', 'count'],
  failures: ['ratio', 'count'],
  rate: ['perSecond'],
  requests: ['perSecond', 'count'],
  bytes: ['bytes', 'bytesPerSecond'],
  apdex: ['score'],
  metric: custom,
};

/** For messages: what may stand at the beginning of a threshold. */
export const metricsInWords =
  'p50 to p99.99, avg, min, max, errors, failures, rate, requests, bytes, apdex, and metric "NAME" for one of the script’s own';

/** For suggestions: the metrics that people mistype. */
export const commonMetrics = [...Object.keys(units), 'p50', 'p90', 'p95', 'p99', 'p99.9', 'p99.99'];

/** Metrics that describe a distribution, and so also one of a script's own trends. */
export function isDistribution(metric: string): boolean {
  return units[metric] === time || percentileOf(metric) !== null;
}

/** 95 for 'p95', 99.9 for 'p99.9'; null for what is not a percentile from p50 to p99.99. */
export function percentileOf(metric: string): number | null {
  const [, digits] = /^p([5-9]\d(?:\.\d{1,2})?)$/.exec(metric) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** The units in which a metric can be bounded; null for an unknown metric. */
export function unitsOf(metric: string, ofCustom: boolean): readonly ThresholdUnit[] | null {
  if (isDistribution(metric)) return ofCustom ? custom : time;
  return Object.hasOwn(units, metric) ? units[metric]! : null;
}

/** How the values of a unit are written. */
export const unitInWords: Record<ThresholdUnit, string> = {
  us: 'a time such as 300ms or 1.5s',
  ratio: 'a share such as 1%',
  perSecond: 'a rate such as 450/s',
  bytes: 'a size such as 5MB',
  bytesPerSecond: 'a size per second such as 5MB/s',
  count: 'a whole number such as 10',
  score: 'a score from 0 to 1 such as 0.9',
};
