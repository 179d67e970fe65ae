import {
  addTimes,
  type CustomMetric,
  type Measurements,
  metricKey,
  noTimes,
  readTimes,
} from '@marteau/measure';
import { intervalOf } from './grid.ts';
import type { Grid, MergedMetric, MetricCounts } from './merged.ts';

type Written = Pick<CustomMetric['steps'][number], 'count' | 'sum' | 'values'>;

/** What the script measured itself, of all shares: counts, sums and histograms are added. */
export function mergeMetrics(
  list: readonly Measurements[],
  offsets: readonly number[],
  grid: Grid,
): MergedMetric[] {
  const byName = new Map<string, { metric: CustomMetric; offset: number }[]>();
  list.forEach(({ metrics = [] }, i) => {
    for (const metric of metrics) {
      const key = metricKey({ of: undefined, ...metric });
      byName.set(key, [...(byName.get(key) ?? []), { metric, offset: offsets[i]! }]);
    }
  });
  return [...byName.values()].map((parts) => {
    const { kind, name, unit, of } = parts[0]!.metric;
    const stages = new Map<number, Written[]>();
    const cells = Array.from({ length: grid.length }, (): Written[] => []);
    for (const { metric, offset } of parts) {
      for (const { step, ...written } of metric.steps)
        stages.set(step, [...(stages.get(step) ?? []), written]);
      for (const point of metric.series) cells[intervalOf(grid, point, offset)]!.push(point);
    }
    return {
      kind,
      name,
      unit,
      ...(of && { of }),
      steps: [...stages].sort(([a], [b]) => a - b).map(([step, written]) => ({ step, ...read(written) })),
      cells: cells.map((written) => (written.length === 0 ? null : read(written))),
    };
  });
}

/** Some counts of a metric together. */
export function addMetricCounts(parts: readonly MetricCounts[]): MetricCounts {
  return { ...sums(parts), times: parts.length === 0 ? noTimes : addTimes(parts.map(({ times }) => times)) };
}

function read(parts: readonly Written[]): MetricCounts {
  return { ...sums(parts), times: readTimes(parts.flatMap(({ values }) => values ?? [])) };
}

function sums(parts: readonly Pick<MetricCounts, 'count' | 'sum'>[]): Pick<MetricCounts, 'count' | 'sum'> {
  return {
    count: parts.reduce((total, { count }) => total + count, 0),
    sum: parts.reduce((total, { sum }) => total + sum, 0),
  };
}
