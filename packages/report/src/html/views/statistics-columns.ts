import type { LabelKind } from '@marteau/measure';
import { formatBytes, formatCount, formatLatency, formatPercent, formatRate } from '@marteau/shared';
import type { Statistics } from '../../schema/statistics.ts';
import { type Cell, type Column, figure } from './table.ts';

interface StatisticsColumn extends Column {
  readonly cell: (statistics: Statistics) => Cell;
}

type Time = 'min' | 'avg' | 'p10' | 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max';

function time(name: Time, label: string, title: string, style = ''): StatisticsColumn {
  const cell = (statistics: Statistics) =>
    figure(formatLatency(statistics.time[name]), statistics.time[name], style);
  return { label, title, isNumber: true, cell };
}

/** Every statistic of the reports that FunkLoad wrote, and those that it had not: p99, p99.9, failures apart. */
const statisticsColumns: readonly StatisticsColumn[] = [
  {
    label: 'rate',
    title: 'finished per second',
    isNumber: true,
    cell: ({ rate }) => figure(formatRate(rate), rate),
  },
  {
    label: 'peak',
    title: 'most that finished in one second',
    isNumber: true,
    cell: ({ peak }) => figure(formatCount(peak), peak),
  },
  {
    label: 'count',
    title: 'finished inside the recorded window',
    isNumber: true,
    cell: ({ count }) => figure(formatCount(count), count),
  },
  {
    label: 'errors',
    title: 'share that failed',
    isNumber: true,
    cell: ({ errors, count }) => {
      const share = count > 0 ? errors / count : null;
      return figure(formatPercent(share), share, errors > 0 ? 'bad' : 'quiet');
    },
  },
  time('min', 'min', 'fastest', 'quiet'),
  time('avg', 'avg', 'arithmetic mean', 'quiet'),
  time('p10', 'p10', 'a tenth was faster', 'quiet'),
  time('p50', 'p50', 'median: half were faster', 'strong'),
  time('p90', 'p90', 'nine tenths were faster'),
  time('p95', 'p95', '95 % were faster', 'strong'),
  time('p99', 'p99', '99 % were faster', 'strong'),
  time('p999', 'p99.9', '99.9 % were faster'),
  time('max', 'max', 'slowest'),
  {
    label: 'Apdex',
    title: 'satisfaction score, 0 to 1',
    isNumber: true,
    cell: ({ apdex }) =>
      apdex === null ? figure('–', null) : figure(apdex.score.toFixed(2), apdex.score, apdex.rating),
  },
  {
    label: 'rating',
    title: 'the Apdex Alliance’s word for the score',
    isNumber: false,
    cell: ({ apdex }) => figure(apdex?.rating ?? '–', apdex?.score ?? null, apdex?.rating ?? ''),
  },
  {
    label: 'received',
    title: 'bytes of answers',
    isNumber: true,
    cell: ({ bytesIn }) => figure(formatBytes(bytesIn), bytesIn, 'quiet'),
  },
];

/** Open model: how long it took from the real start, beside the response time from the intended one. */
const serviceColumns: readonly StatisticsColumn[] = (['p50', 'p95'] as const).map((name) => ({
  label: `service ${name}`,
  title: `${name} from the real start: what of the response time was not waiting for a free user`,
  isNumber: true,
  cell: ({ service }) => figure(formatLatency(service?.[name] ?? null), service?.[name] ?? null, 'quiet'),
}));

/** What did not finish, where anything hangs. */
const unfinishedColumn: StatisticsColumn = {
  label: 'unfinished',
  title: 'begun and not finished when the window ended; its age is the least it took',
  isNumber: true,
  cell: ({ unfinished, oldestUnfinished }) =>
    unfinished === 0
      ? figure('–', 0, 'quiet')
      : figure(`${formatCount(unfinished)} (≥ ${formatLatency(oldestUnfinished)})`, unfinished, 'bad'),
};

/** By which protocol requests went, where any went over HTTP/2. */
export const httpColumn: StatisticsColumn = {
  label: 'HTTP',
  title: 'version of HTTP by which the requests went, as TLS agreed on it or the file asked for it',
  isNumber: false,
  cell: ({ http2 = 0, count }) => {
    const share = count > 0 ? http2 / count : 0;
    const said = share === 0 ? '1.1' : share === 1 ? '2' : `2 (${formatPercent(share)})`;
    return figure(said, share, 'quiet');
  },
};

/** Users who loop always leave something unfinished; it is worth a word when it is older than all that finished. */
function hangs({ unfinished, oldestUnfinished, time }: Statistics): boolean {
  return unfinished > 0 && oldestUnfinished > Math.max(1_000_000, time.max ?? 0);
}

/** The column of one statistic, by its label. */
export function statisticsColumn(label: string): StatisticsColumn {
  const column = statisticsColumns.find((one) => one.label === label);
  if (column === undefined) throw new Error(`there is no statistic ${label}`);
  return column;
}

/** The statistics that a table shows: bytes of requests only, unfinished ones only where they hang. */
export function columnsFor(kind: LabelKind, rows: readonly Statistics[]): readonly StatisticsColumn[] {
  const columns = statisticsColumns.filter(({ label }) => kind === 'request' || label !== 'received');
  const service = rows.some((row) => row.service !== null) ? serviceColumns : [];
  const http = rows.some(({ http2 }) => http2) ? [httpColumn] : [];
  return [...columns, ...http, ...service, ...(rows.some(hangs) ? [unfinishedColumn] : [])];
}
