import { formatBytes, formatCount, formatLatency, formatPercent, formatRate } from '@marteau/shared';
import { kindMetrics, type KindMetric as OfKind } from '../../results/kind-figures.ts';
import type { MetricResult } from '../../schema/metrics.ts';
import type { Results } from '../../schema/results.ts';
import { readable } from '../text.ts';
import { type Cell, figure, type Row, type Table, word } from './table.ts';
import { type TimeChart, timeChart } from './time-chart.ts';

/** What is measured beside requests over HTTP: sockets, streams, and requests of a kind that the script names. */
export interface KindsView {
  readonly tables: readonly { readonly title: string; readonly says: string; readonly table: Table }[];
  readonly chart: TimeChart | null;
}

type StageOf = MetricResult['steps'][number];

const MOST_ROWS = 400;
const HEIGHT = 88;
const none: Cell = figure('–', null, 'quiet');
const spreads = ['min', 'avg', 'p50', 'p95', 'p99', 'max'] as const;

/** Titles of the kinds that the engine knows, and what their figures are. */
const titles: Readonly<Record<string, readonly [title: string, says: string]>> = {
  ws: [
    'WebSockets',
    'A round trip is from a message to the one that the script says answers it; abnormal is every end but a clean one with 1000, 1001 or no code.',
  ],
  sse: ['Streams of events', 'The first event is counted from the request, the others from the one before.'],
  stream: ['Streamed answers', 'All is counted from the request; pieces are those in which the answer came.'],
};

export function kindsView(results: Results): KindsView | null {
  const { steps } = results;
  const own = kindMetrics(results);
  if (own.length === 0) return null;
  const stages = new Map(steps.map(({ plan }) => [plan.index, plan.name]));
  const byKind = Map.groupBy(own, ({ of }) => of.kind);
  return {
    tables: [...byKind].map(([kind, all]) => {
      const [title, says] = titles[kind] ?? [
        kind,
        'Requests of a kind of their own, as the script names it.',
      ];
      return { title: readable(title, 40), says, table: tableOf(kind, title, all, stages) };
    }),
    chart: messagesOverTime(results, own),
  };
}

function tableOf(
  kind: string,
  title: string,
  metrics: readonly OfKind[],
  stages: ReadonlyMap<number, string>,
): Table {
  const byLabel = [...Map.groupBy(metrics, ({ of }) => of.label).values()].flatMap(inOrder);
  const rows: Row[] = byLabel.flatMap((metric) =>
    metric.steps.map((stage) => ({
      group: '',
      cells: [
        word(readable(metric.of.label, 160), 'name'),
        word(metric.name, 'strong'),
        word(stages.get(stage.step) ?? '', 'quiet'),
        figure(formatCount(countOf(metric, stage)), countOf(metric, stage)),
        figure(formatRate(stage.rate), stage.rate, 'quiet'),
        shareOf(metric, stage),
        ...spreads.map((name) => figureOf(metric, stage, name)),
      ],
    })),
  );
  const numbers = (label: string, title: string) => ({ label, title, isNumber: true });
  return {
    id: `kind-${kind}`,
    caption: title,
    columns: [
      { label: 'label', title: 'what is counted together', isNumber: false },
      { label: 'measured', title: 'what is measured of it', isNumber: false },
      { label: 'stage', title: 'the load', isNumber: false },
      numbers('count', 'how many'),
      numbers('per second', 'of the recorded window'),
      numbers('share', 'of those that could be so'),
      ...spreads.map((name) => numbers(name, name)),
    ],
    bodies: [{ title: '', rows: rows.slice(0, MOST_ROWS) }],
    isSortable: rows.length > 1,
  };
}

/** In the order of a life: what is named first comes first, how it ended last. */
const order = [
  'connecting',
  'first byte',
  'first piece',
  'first event',
  'first message',
  'time',
  'round trip',
  'ping',
  'errors',
  'between events',
  'between pieces',
  'pieces per second',
  'sent',
  'received',
  'reconnects',
  'end',
  'open',
  'closed abnormally',
];

function inOrder(metrics: readonly OfKind[]): OfKind[] {
  const place = ({ name }: OfKind) => (order.indexOf(name) + order.length + 1) % (order.length + 1);
  return metrics.toSorted((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

/** Of what is so or not, how often it was. */
function countOf({ kind }: OfKind, { count, sum }: StageOf): number {
  return kind === 'trend' ? count : sum;
}

function shareOf({ kind }: OfKind, { count, sum }: StageOf): Cell {
  if (kind !== 'rate' || count === 0) return none;
  return figure(formatPercent(sum / count), sum / count, sum > 0 ? 'bad' : 'quiet');
}

function figureOf({ unit }: OfKind, { values }: StageOf, name: (typeof spreads)[number]): Cell {
  const value = values?.[name] ?? null;
  if (value === null) return none;
  const text =
    unit === 'us'
      ? formatLatency(value)
      : unit === 'bytes'
        ? formatBytes(value)
        : String(Number(value.toPrecision(3)));
  return figure(text, value, name === 'p95' ? 'strong' : '');
}

/** What flows, what its curve is called, and its colour. */
const flows = [
  ['received', 'in', 'rate'],
  ['sent', 'out', 'p95'],
] as const;

/** Messages and events per second, of all labels together. */
function messagesOverTime(results: Results, metrics: readonly OfKind[]): TimeChart | null {
  const curves = flows.flatMap(([name, label, colour]) => {
    const own = metrics.filter((metric) => metric.name === name);
    const { from, width } = own[0]?.series ?? { from: 0, width: 0 };
    if (width === 0) return [];
    const length = Math.max(...own.map(({ series }) => series.count.length));
    const values = Array.from(
      { length },
      (_, i) => (own.reduce((sum, { series }) => sum + (series.count[i] ?? 0), 0) * 1000) / width,
    );
    return [{ name: colour, from, width, label, unit: 'count' as const, values }];
  });
  const { series } = results.load;
  const open = series?.streams ?? [];
  const panel = { height: HEIGHT, highest: null, limit: null };
  const grid = { name: 'users', from: series?.from ?? 0, width: series?.width ?? 1000 };
  return timeChart(results, 'messages', 'Messages over time', [
    { ...panel, id: 'messages', title: 'messages per second', curves },
    {
      ...panel,
      id: 'open',
      title: 'open sockets and streams',
      curves: [{ ...grid, label: 'open', unit: 'count', values: open }],
    },
  ]);
}
