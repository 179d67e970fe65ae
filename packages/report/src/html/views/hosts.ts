import {
  formatBytes,
  formatCount,
  formatPercent,
  type HostSeries,
  type Results,
  type StepResult,
} from '@marteau/shared';
import type { Panel } from '../page/panels.js';
import { linePath } from '../page/path.js';
import { linearScale, type Scale, timeTicks } from '../page/scale.js';
import { moment } from '../page/units.js';
import { loadPanel } from './load-panel.ts';
import { figure, type Table, word } from './table.ts';
import { bandsOf, endOf } from './timeline.ts';

/** A host of the target beside the load: its curves on the axis of time, and what it did in each step. */
export interface HostView {
  readonly name: string;
  readonly about: string;
  readonly note: string;
  readonly chart: object | null;
  readonly table: Table | null;
}

type Column = 'cpu' | 'load1' | 'load5' | 'load15' | 'memory' | 'swap' | 'received' | 'sent';

export function hostsOf(results: Results): HostView[] {
  return (results.hosts ?? []).map((host, i) => ({
    name: host.name,
    about: aboutOf(host),
    note: host.note ?? '',
    chart: host.at.length > 1 ? chartOf(host, results) : null,
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

function chartOf(host: HostSeries, results: Results) {
  const end = endOf(results);
  const width = spacingOf(host.at);
  const grid = { from: 0, width, end };
  const curve = (name: Column) => onGrid(host, name, width, Math.ceil(end / width));
  const panel = (
    id: string,
    title: string,
    lines: readonly { name: string; column: Column; label: string }[],
    highest: number | null,
    words: (value: number) => string,
  ): Panel | null => {
    const curves = lines.map(({ name, column, label }) => ({ name, label, values: curve(column) }));
    const top = curves
      .flatMap(({ values }) => values)
      .reduce((most: number, value) => Math.max(most, value ?? 0), 0);
    if (curves.every(({ values }) => values.every((value) => value === null))) return null;
    const scale = linearScale(highest ?? top, 2);
    return {
      id,
      title,
      note: '',
      height: 72,
      ticks: scale.ticks.map((tick) => ({ at: place(scale, tick), label: words(tick) })),
      marks: curves.map(({ name, values }) => ({ kind: 'line', name, path: linePath(values, grid, scale) })),
      bounds: [],
      ends: curves.length < 2 ? [] : endsOf(curves, scale),
      columns: [],
    };
  };
  const panels = [
    results.load.series && loadPanel(results.load.series, end, results.model ?? 'closed'),
    panel('cpu', 'processor', [{ name: 'users', column: 'cpu', label: '' }], 1, percent),
    panel(
      'memory',
      'memory in use',
      [{ name: 'users', column: 'memory', label: '' }],
      host.memoryTotal,
      shortBytes,
    ),
    panel(
      'network',
      'network, per second',
      [
        { name: 'rate', column: 'received', label: 'in' },
        { name: 'p95', column: 'sent', label: 'out' },
      ],
      null,
      shortBytes,
    ),
  ];
  return {
    bands: bandsOf(results, end),
    ticks: timeTicks(0, end).map((at) => ({ at: Math.round((at / end) * 10_000) / 100, label: moment(at) })),
    panels: panels.filter((one) => one !== null),
  };
}

/** FunkLoad's monitoring, a row a step: averages, and the highest where it says more. */
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
      title: 'average over one minute, at the end of the step',
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
    caption: `${host.name}, by step`,
    columns: [
      { label: 'step', title: 'the load', isNumber: false },
      ...columns.map(({ label, title }) => ({ label, title, isNumber: true })),
    ],
    bodies: [
      {
        title: '',
        rows: steps.map((step) => ({
          group: '',
          cells: [word(step.plan.name, 'strong'), ...columns.map(({ cell }) => cell(inside(host, step)))],
        })),
      },
    ],
    isSortable: false,
  };
}

/** The readings that tell of a step: of the time before each, so the first one after its begin is left out. */
function inside({ at }: HostSeries, { begin, end }: StepResult): number[] {
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

function endsOf(
  curves: readonly { name: string; label: string; values: readonly (number | null)[] }[],
  scale: Scale,
) {
  return curves.flatMap(({ name, label, values }) => {
    const end = values.findLast((value) => value !== null) ?? null;
    return end === null ? [] : [{ at: place(scale, end), name, label }];
  });
}

const twoDigits = (value: number | null) => (value === null ? '–' : value.toFixed(2));
const perSecond = (value: number | null) => (value === null ? '–' : `${formatBytes(value)}/s`);
/** For axes: without zeros that say nothing. */
const shortBytes = (value: number) => formatBytes(value).replace(/\.0+(?= )/, '');
const percent = (value: number) => `${Math.round(value * 100)} %`;
const place = (scale: Scale, value: number) => Math.round((1 - scale.place(value)) * 10_000) / 100;
