import { formatBytes, formatCount, formatLatency, formatPercent, formatRate } from '@marteau/shared';
import type { MetricResult } from '../../schema/metrics.ts';
import type { Results } from '../../schema/results.ts';
import { readable } from '../text.ts';
import { type Cell, figure, type Table, word } from './table.ts';

type StageOf = MetricResult['steps'][number];

const MOST = 400;
const none: Cell = figure('–', null, 'quiet');
const kinds = { trend: 'trend', counter: 'counter', rate: 'rate', check: 'check' } as const;

/** What the script measured itself: checks and rates by the share that held, counters by their total, trends by how they spread. */
export function metricsTable({ metrics: all = [], steps }: Results): Table | null {
  const metrics = all.filter(({ of }) => of === undefined);
  if (metrics.length === 0) return null;
  const names = new Map(steps.map(({ plan }) => [plan.index, plan.name]));
  const numbers = (label: string, title: string) => ({ label, title, isNumber: true });
  const rows = metrics.flatMap((metric) =>
    metric.steps.map((stage) => ({
      group: '',
      cells: [
        word(readable(metric.name, 160), 'strong'),
        word(kinds[metric.kind], 'quiet'),
        word(names.get(stage.step) ?? ''),
        figure(formatCount(stage.count), stage.count),
        figure(formatRate(stage.rate), stage.rate, 'quiet'),
        heldOf(metric, stage),
        metric.kind === 'counter' ? figure(inUnit(metric, stage.sum), stage.sum, 'strong') : none,
        ...(['min', 'avg', 'p50', 'p95', 'p99', 'max'] as const).map((name) => timeOf(metric, stage, name)),
      ],
    })),
  );
  return {
    id: 'metrics',
    caption: 'Metrics and checks of the script',
    columns: [
      { label: 'name', title: 'as the script calls it', isNumber: false },
      { label: 'kind', title: 'trend, counter, rate or check', isNumber: false },
      { label: 'stage', title: 'the load', isNumber: false },
      numbers('count', 'how often something was added'),
      numbers('per second', 'added per second'),
      numbers('held', 'checks and rates: the share that was true'),
      numbers('total', 'counters: the sum'),
      ...['min', 'avg', 'p50', 'p95', 'p99', 'max'].map((name) => numbers(name, `trends: ${name}`)),
    ],
    bodies: [{ title: '', rows: rows.slice(0, MOST) }],
    isSortable: rows.length > 1,
  };
}

function heldOf({ kind }: MetricResult, { count, sum }: StageOf): Cell {
  if ((kind !== 'check' && kind !== 'rate') || count === 0) return none;
  const share = sum / count;
  return figure(formatPercent(share), share, kind === 'check' && share < 1 ? 'bad' : 'strong');
}

function timeOf(
  metric: MetricResult,
  { values }: StageOf,
  name: 'min' | 'avg' | 'p50' | 'p95' | 'p99' | 'max',
): Cell {
  const value = values?.[name] ?? null;
  return value === null ? none : figure(inUnit(metric, value), value, name === 'p95' ? 'strong' : '');
}

function inUnit({ unit }: MetricResult, value: number): string {
  if (unit === 'us') return formatLatency(value);
  if (unit === 'bytes') return formatBytes(value);
  return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(3)));
}
