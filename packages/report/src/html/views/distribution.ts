import { axisLatency, formatCount, formatLatency } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';
import { BUCKETS_PER_DECADE, bucketBegin } from '../../statistics/buckets.ts';
import { figure, type Table, word } from './table.ts';

/** How often each response time occurred, one row of bars a stage, all on one log axis. */
export interface Distribution {
  readonly ticks: readonly { at: number; label: string }[];
  readonly rows: readonly { name: string; bars: string; count: string }[];
  readonly table: Table;
  readonly width: number;
}

/** Height of a row of bars in its drawing. */
const BAR_HEIGHT = 100;

const MOST_ROWS = 12;

export function distributionOf({ steps }: Results): Distribution | null {
  const filled = steps.filter(({ requests }) => requests.buckets.counts.length > 0);
  if (filled.length === 0) return null;
  const every = Math.ceil(filled.length / MOST_ROWS);
  const shown = filled.filter((_, i) => (filled.length - 1 - i) % every === 0);
  const first = Math.min(...shown.map(({ requests: { buckets } }) => buckets.first));
  const last = Math.max(...shown.map(({ requests: { buckets } }) => buckets.first + buckets.counts.length));
  const width = Math.max(last - first, BUCKETS_PER_DECADE / 2);
  return {
    width,
    ticks: decades(first, first + width).map(({ value, index }) => ({
      at: Math.round(((index - first) / width) * 10_000) / 100,
      label: axisLatency(value),
    })),
    rows: shown.map(({ plan, requests: { buckets, count } }) => ({
      name: plan.name,
      bars: bars(buckets.counts, buckets.first - first),
      count: formatCount(count),
    })),
    table: tableOf(
      shown.map(({ plan, requests }) => ({ name: plan.name, ...requests.buckets })),
      first,
      last,
    ),
  };
}

/** Bars as one path: the tallest of a row reaches its top. */
function bars(counts: readonly number[], offset: number): string {
  const highest = Math.max(...counts);
  return counts
    .map((count, i) => {
      if (count === 0) return '';
      const height = Math.max(2, Math.round((count / highest) * BAR_HEIGHT));
      return `M${offset + i} ${BAR_HEIGHT}v${-height}h1v${height}z`;
    })
    .join('');
}

/** Round times on the log axis. */
function decades(first: number, last: number): { value: number; index: number }[] {
  const ticks = [];
  for (let power = Math.floor(first / BUCKETS_PER_DECADE); power <= last / BUCKETS_PER_DECADE; power++)
    for (const factor of last - first > 2.5 * BUCKETS_PER_DECADE ? [1, 3] : [1, 2, 5]) {
      const index = (power + Math.log10(factor)) * BUCKETS_PER_DECADE;
      if (index >= first && index <= last) ticks.push({ value: Math.round(factor * 10 ** power), index });
    }
  return ticks;
}

function tableOf(
  rows: readonly { name: string; first: number; counts: readonly number[] }[],
  first: number,
  last: number,
): Table {
  const bucketIndexes = Array.from({ length: last - first }, (_, i) => first + i);
  return {
    id: 'distribution',
    caption: 'Requests by response time',
    columns: [
      { label: 'from', title: 'lower end of the bucket, which is 12 % wide', isNumber: false },
      ...rows.map(({ name }) => ({ label: name, title: `requests at ${name}`, isNumber: true })),
    ],
    bodies: [
      {
        title: '',
        rows: bucketIndexes.map((index) => ({
          group: '',
          cells: [
            word(formatLatency(bucketBegin(index)), 'strong'),
            ...rows.map((row) => {
              const count = row.counts[index - row.first] ?? 0;
              return figure(count === 0 ? '–' : formatCount(count), count, count === 0 ? 'quiet' : '');
            }),
          ],
        })),
      },
    ],
    isSortable: false,
  };
}
