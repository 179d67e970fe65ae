import type { HostSeries } from '@marteau/measure';
import { formatBytes, formatCount, formatPercent } from '@marteau/shared';
import type { Results, StageResult } from '../../schema/results.ts';
import { figure, type Table, word } from './table.ts';
import { endOf } from './time-axis.ts';
import { type PanelOf, type TimeChart, timeChart } from './time-chart.ts';

/** A host of the target beside the load: its curves on the axis of time, and what it did in each stage. */
export interface HostView {
  readonly name: string;
  readonly about: string;
  readonly note: string;
  readonly chart: TimeChart | null;
  readonly table: Table | null;
}

type Column = 'cpu' | 'load1' | 'load5' | 'load15' | 'memory' | 'swap' | 'received' | 'sent';

/** Hosts that are drawn; of more than these the tables tell. */
const MOST_CHARTS = 8;

export function hostsOf(results: Results): HostView[] {
  return (results.hosts ?? []).map((host, i) => ({
    name: host.name,
    about: aboutOf(host),
    note: host.note ?? '',
    chart: host.at.length > 1 && i < MOST_CHARTS ? chartOf(host, results, i) : null,
    table: host.at.length > 0 ? tableOf(host, results, i) : null,
  }));
}

function aboutOf({ processors, memoryTotal }: HostSeries): string {
  return [
    processors === null ? '' : `${formatCount(processors)} ${processors === 1 ? 'processor' : 'processors'}`,
    memoryTotal === null ? '' : `${formatBytes(memoryTotal)} of memory`,
  ]
    .filter(Boolean)
    .join(', ');
}

function chartOf(host: HostSeries, results: Results, index: number): TimeChart | null {
  const width = spacingOf(host.at);
  const length = Math.ceil(endOf(results) / width);
  const curve = (name: string, label: string, unit: 'percent' | 'bytes', column: Column) => ({
    name,
    label,
    unit,
    from: 0,
    width,
    values: onGrid(host, column, width, length),
  });
  const panel = { height: 72, limit: null };
  const panels: PanelOf[] = [
    {
      ...panel,
      id: 'cpu',
      title: 'processor',
      highest: 1,
      curves: [curve('users', 'processor', 'percent', 'cpu')],
    },
    {
      ...panel,
      id: 'memory',
      title: 'memory in use',
      highest: host.memoryTotal,
      curves: [curve('users', 'memory', 'bytes', 'memory')],
    },
    {
      ...panel,
      id: 'network',
      title: 'network, per second',
      highest: null,
      curves: [curve('rate', 'in', 'bytes', 'received'), curve('p95', 'out', 'bytes', 'sent')],
    },
  ];
  return timeChart(results, `host-${index}`, `${host.name}, over time`, panels, { withLoad: true });
}

/** FunkLoad's monitoring, a row a stage: averages, and the highest where it says more. */
function tableOf(host: HostSeries, { steps }: Results, index: number): Table {
  const columns: {
    label: string;
    title: string;
    cell: (at: readonly number[]) => ReturnType<typeof figure>;
  }[] = [
    { label: 'processor', title: 'average of all its processors', cell: average('cpu', formatPercent) },
    { label: 'highest', title: 'highest of a reading', cell: highest('cpu', formatPercent) },
    {
      label: 'load 1',
      title: 'average over one minute, at the end of the stage',
      cell: last('load1', twoDigits),
    },
    { label: '5', title: 'over five minutes', cell: last('load5', twoDigits) },
    { label: '15', title: 'over fifteen minutes', cell: last('load15', twoDigits) },
    { label: 'memory', title: 'in use, average', cell: average('memory', formatBytes) },
    { label: 'highest', title: 'memory in use', cell: highest('memory', formatBytes) },
    { label: 'swap', title: 'in use, highest', cell: highest('swap', formatBytes) },
    { label: 'received', title: 'per second, average', cell: average('received', perSecond) },
    { label: 'sent', title: 'per second, average', cell: average('sent', perSecond) },
  ];
  function valuesOf(name: Column, at: readonly number[]) {
    return at.map((i) => host[name][i] ?? null).filter((value) => value !== null);
  }
  type Words = (value: number | null) => string;
  const cellOf = (value: number | null, words: Words) => figure(words(value), value);
  function average(name: Column, words: Words) {
    return (at: readonly number[]) => {
      const values = valuesOf(name, at);
      return cellOf(values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length, words);
    };
  }
  function highest(name: Column, words: Words) {
    return (at: readonly number[]) => {
      const values = valuesOf(name, at);
      return cellOf(values.length === 0 ? null : Math.max(...values), words);
    };
  }
  function last(name: Column, words: Words) {
    return (at: readonly number[]) => cellOf(valuesOf(name, at).at(-1) ?? null, words);
  }
  return {
    id: `host-${index}`,
    caption: `${host.name}, by stage`,
    columns: [
      { label: 'stage', title: 'the load', isNumber: false },
      ...columns.map(({ label, title }) => ({ label, title, isNumber: true })),
    ],
    bodies: [
      {
        title: '',
        rows: steps.map((stage) => ({
          group: '',
          cells: [word(stage.plan.name, 'strong'), ...columns.map(({ cell }) => cell(inside(host, stage)))],
        })),
      },
    ],
    isSortable: false,
  };
}

/** The readings that tell of a stage: of the time before each, so the first one after its begin is left out. */
function inside({ at }: HostSeries, { begin, end }: StageResult): number[] {
  const spacing = spacingOf(at);
  return at.flatMap((moment_, i) =>
    moment_ >= begin + spacing / 2 && moment_ <= end + spacing / 2 ? [i] : [],
  );
}

/** The usual time between two readings, ms. */
function spacingOf(at: readonly number[]): number {
  const gaps = at.slice(1).map((moment_, i) => moment_ - at[i]!);
  return Math.max(1, gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 1);
}

/** Readings in equal intervals, each told by the one that falls into it; a single missed one is bridged. */
function onGrid(host: HostSeries, name: Column, width: number, length: number): (number | null)[] {
  const values = new Array<number | null>(length).fill(null);
  host.at.forEach((at, i) => {
    const place_ = Math.floor((at - width / 2) / width);
    if (place_ >= 0 && place_ < length) values[place_] = host[name][i] ?? null;
  });
  return values.map((value, i) => value ?? (values[i + 1] == null ? null : (values[i - 1] ?? null)));
}

const twoDigits = (value: number | null) => (value === null ? '–' : value.toFixed(2));
const perSecond = (value: number | null) => (value === null ? '–' : `${formatBytes(value)}/s`);
