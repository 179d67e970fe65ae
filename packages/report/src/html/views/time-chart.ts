import { axisCount, axisLatency, formatBytes } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';
import { type PackedData, pack, type Unit } from '../draw/packed.ts';
import { fromTop, type Panel, ticksOf } from '../draw/panels.ts';
import { linePath } from '../draw/path.ts';
import { linearScale } from '../draw/scale.ts';
import { loadPanel } from './load-panel.ts';
import type { Table } from './table.ts';
import { type TimeAxis, timeAxis } from './time-axis.ts';
import { highestOf, isValue, timeChartTable } from './time-chart-table.ts';

/** A chart on the same axis of time as the main timeline: panels below each other, what the cursor reads, a table. */
export interface TimeChart extends TimeAxis {
  readonly panels: readonly Panel[];
  readonly readings: PackedData['readings'];
  readonly table: Table;
}

/** A panel of such a chart before it is drawn. */
export interface PanelOf {
  /** Unique in its chart. */
  readonly id: string;
  readonly title: string;
  readonly height: number;
  /** Where the axis ends; null for a round number above the highest value. */
  readonly highest: number | null;
  readonly curves: readonly Curve[];
  /** Beyond it something is wrong; null where there is no such line. */
  readonly limit: number | null;
}

/** One quantity in equal intervals, ms. */
export interface Curve {
  /** Its colour. */
  readonly name: string;
  readonly label: string;
  readonly unit: Unit;
  readonly from: number;
  readonly width: number;
  readonly values: readonly (number | null)[];
}

/** Packed numbers end at 7e9, so bytes are packed as kB. */
const BYTES_PER_PACKED = 1000;

/** For axes: without zeros that say nothing. */
const short: Readonly<Record<Unit, (value: number) => string>> = {
  percent: (value) => `${Math.round(value * 100)} %`,
  latency: axisLatency,
  bytes: (value) => formatBytes(value).replace(/\.0+(?= )/, ''),
  count: axisCount,
};

/**
 * Draws panels over time. Those without a single value are left out.
 * @param id unique in the page
 * @returns null where nothing is left, or the run had no load
 */
export function timeChart(
  results: Results,
  id: string,
  caption: string,
  panels: readonly PanelOf[],
  { withLoad = false } = {},
): TimeChart | null {
  const axis = timeAxis(results);
  const { series } = results.load;
  const filled = panels.filter(({ curves }) => curves.some(({ values }) => values.some(isValue)));
  if (filled.length === 0 || series === null) return null;
  return {
    ...axis,
    panels: [
      ...(withLoad ? [loadPanel(series, axis.end, results.model ?? 'closed')] : []),
      ...filled.map((panel) => drawn(panel, `${id}-${panel.id}`, axis.end)),
    ],
    readings: filled.map((panel) => readingsOf(panel, `${id}-${panel.id}`)),
    table: timeChartTable(
      results,
      id,
      caption,
      filled.flatMap(({ curves }) => curves),
      axis.end,
    ),
  };
}

function drawn({ title, height, highest, curves, limit }: PanelOf, id: string, end: number): Panel {
  const [first] = curves;
  const scale = linearScale(highest ?? highestOf(curves.flatMap(({ values }) => values)) ?? 0, 2);
  const say = short[first!.unit];
  const last = ({ values }: Curve) => values.findLast(isValue);
  return {
    id,
    title,
    note: '',
    height,
    ticks: ticksOf(scale, say),
    marks: curves.map(({ name, from, width, values }) => ({
      kind: 'line',
      name,
      path: linePath(values, { from, width, end }, scale),
    })),
    bounds:
      limit === null || limit > scale.to
        ? []
        : [{ at: fromTop(scale, limit), label: `limit ${say(limit)}`, ok: true }],
    ends:
      curves.length < 2
        ? []
        : curves.flatMap((curve) => {
            const value = last(curve);
            return isValue(value)
              ? [{ at: fromTop(scale, value), name: curve.name, label: curve.label }]
              : [];
          }),
    columns: [],
  };
}

function readingsOf({ curves }: PanelOf, id: string): PackedData['readings'][number] {
  return {
    id,
    columns: curves.map(({ name, label, unit, from, width, values }) => ({
      name,
      label: curves.length > 1 ? label : '',
      unit,
      from,
      width,
      length: values.length,
      packed: pack(
        values.map((value) => (isValue(value) && unit === 'bytes' ? value / BYTES_PER_PACKED : value)),
      ),
    })),
  };
}
