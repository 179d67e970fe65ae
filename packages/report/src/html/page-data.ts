import type { Results } from '../schema/results.ts';
import type { Series } from '../schema/series.ts';
import { type PackedColumns, type PackedData, pack } from './draw/packed.ts';
import { readable } from './text.ts';
import { endOf } from './views/time-axis.ts';
import type { TimeChart } from './views/time-chart.ts';
import { curvesOf } from './views/timeline.ts';

/** Labels whose curves the page carries; the others are in results.json. */
const MOST_SUBJECTS = 120;

type Columns = Readonly<Record<string, readonly (number | null)[]>>;

/**
 * The numbers behind the charts over time, packed: what the cursor reads, and the curves of every label.
 * @param others the charts beside the main timeline
 */
export function pageData(results: Results, others: readonly TimeChart[]): PackedData | null {
  const { requests, labels, load } = results;
  if (requests === null || load.series === null) return null;
  const { from, width, users, offered, started } = load.series;
  const own = labels.filter(({ series }) => series !== null).slice(0, MOST_SUBJECTS);
  return {
    end: endOf(results),
    windows: results.steps.map(({ begin, end }) => ({ from: begin, to: end })),
    load: packed({ from, width }, { users, offered, started }),
    readings: others.flatMap(({ readings }) => readings),
    subjects: [
      { name: 'all requests', kind: 'request', ...subject(results, requests, null) },
      ...own.map(({ name, kind, series }) => ({
        name: readable(name, 80),
        kind,
        ...subject(results, series!, name),
      })),
    ],
  };
}

function subject(results: Results, series: Series, label: string | null) {
  const { throughput, latency, rateBounds, latencyBounds } = curvesOf(results, series, label);
  const { count, errors, lowest, highest, worstErrors } = throughput;
  // In intervals of a second the worst second is the interval itself.
  const seconds: Columns = throughput.width > 1000 ? { lowest, highest, worstErrors } : {};
  const { p50, p95, p99, max } = latency;
  return {
    throughput: packed(throughput, { count, errors, ...seconds }),
    latency: packed(latency, { p50, p95, p99, max }),
    rateBounds,
    latencyBounds,
  };
}

function packed({ from, width }: { from: number; width: number }, columns: Columns): PackedColumns {
  const entries = Object.entries(columns).map(([name, values]) => [name, pack(values)]);
  const length = Math.max(0, ...Object.values(columns).map((values) => values.length));
  return { from, width, length, ...Object.fromEntries(entries) };
}
