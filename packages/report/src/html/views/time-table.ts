import { formatCount, formatLatency, formatMoment, formatRate } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';
import { figure, type Table, word } from './table.ts';

const MOST_ROWS = 60;

/** The main timeline as a table of at most 60 rows. Percentiles of a row are the worst of its points: never averages. */
export function timeTable({ requests, load, steps }: Results): Table | null {
  if (requests === null || load.series === null) return null;
  const { throughput, latency } = requests;
  const length = throughput.count.length;
  const size = Math.ceil(length / MOST_ROWS);
  const rows = Array.from({ length: Math.ceil(length / size) }, (_, i) => [
    i * size,
    Math.min(length, (i + 1) * size),
  ]);
  const { series } = load;
  /** Ms of an interval that were recorded. */
  const recorded = (from: number, to: number) =>
    steps.reduce((sum, { begin, end }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, begin)), 0);
  const isWhole = (i: number) =>
    recorded(i * throughput.width, (i + 1) * throughput.width) >= throughput.width;
  return {
    id: 'over-time',
    caption: 'Over time',
    columns: [
      { label: 'from', title: 'since the load began', isNumber: false },
      { label: 'users', title: 'at the end', isNumber: true },
      { label: 'rate', title: 'requests per second', isNumber: true },
      { label: 'slowest second', title: 'fewest requests in a second', isNumber: true },
      { label: 'errors', title: 'in these seconds', isNumber: true },
      { label: 'p50', title: 'highest median of the points', isNumber: true },
      { label: 'p95', title: 'highest p95 of the points', isNumber: true },
      { label: 'p99', title: 'highest p99 of the points', isNumber: true },
      { label: 'max', title: 'slowest request', isNumber: true },
    ],
    bodies: [
      {
        title: '',
        rows: rows.flatMap(([from = 0, to = 0]) => {
          const ms = recorded(from * throughput.width, to * throughput.width);
          if (ms === 0) return [];
          const whole = throughput.lowest.slice(from, to).filter((_, i) => isWhole(from + i));
          const sum = (values: readonly number[]) =>
            values.slice(from, to).reduce((total, value) => total + value, 0);
          const ratio = throughput.width / latency.width;
          const worst = (values: readonly (number | null)[]) => {
            const part = values.slice(
              Math.floor(from * ratio),
              Math.max(Math.floor(from * ratio) + 1, Math.ceil(to * ratio)),
            );
            const known = part.filter((value) => value !== null);
            return known.length === 0 ? null : Math.max(...known);
          };
          const rate = (sum(throughput.count) * 1000) / ms;
          const latencies = [latency.p50, latency.p95, latency.p99, latency.max].map(worst);
          const errors = sum(throughput.errors);
          return {
            group: '',
            cells: [
              word(formatMoment(from * throughput.width), 'strong'),
              figure(formatCount(series.users[to - 1] ?? 0), null),
              figure(formatRate(rate), rate),
              figure(formatCount(whole.length > 0 ? Math.min(...whole) : null), null, 'quiet'),
              figure(errors === 0 ? '–' : formatCount(errors), errors, errors > 0 ? 'bad' : 'quiet'),
              ...latencies.map((value) => figure(formatLatency(value), value)),
            ],
          };
        }),
      },
    ],
    isSortable: false,
  };
}
