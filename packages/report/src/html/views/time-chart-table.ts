import { formatBytes, formatCount, formatLatency, formatMoment, formatPercent } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';
import type { Unit } from '../draw/packed.ts';
import { figure, type Table, word } from './table.ts';
import type { Curve } from './time-chart.ts';

const words: Readonly<Record<Unit, (value: number | null) => string>> = {
  percent: formatPercent,
  latency: formatLatency,
  bytes: formatBytes,
  count: formatCount,
};

const MOST_ROWS = 60;

/** At most 60 rows, each with the highest value of its part, beside the users at its end. */
export function timeChartTable(
  { load: { series } }: Results,
  id: string,
  caption: string,
  curves: readonly Curve[],
  end: number,
): Table {
  const width = Math.max(...curves.map((curve) => curve.width));
  const length = width * Math.ceil(Math.ceil(end / width) / MOST_ROWS);
  const parts = Array.from({ length: Math.ceil(end / length) }, (_, i) => i * length);
  const inside = (curve: Pick<Curve, 'from' | 'width' | 'values'>, from: number) =>
    curve.values.filter((_, i) => {
      const middle = curve.from + (i + 0.5) * curve.width;
      return middle >= from && middle < from + length;
    });
  const users = series && { from: series.from, width: series.width, values: series.users };
  return {
    id: `${id}-over-time`,
    caption,
    columns: [
      { label: 'from', title: 'since the load began', isNumber: false },
      ...(users ? [{ label: 'users', title: 'at the end', isNumber: true }] : []),
      ...curves.map(({ label }) => ({ label, title: 'highest of this time', isNumber: true })),
    ],
    bodies: [
      {
        title: '',
        rows: parts.map((from) => ({
          group: '',
          cells: [
            word(formatMoment(from), 'strong'),
            ...(users ? [figure(formatCount(inside(users, from).at(-1) ?? null), null, 'quiet')] : []),
            ...curves.map((curve) => {
              const most = highestOf(inside(curve, from));
              return figure(words[curve.unit](most), most);
            }),
          ],
        })),
      },
    ],
    isSortable: false,
  };
}

export const isValue = (value: number | null | undefined): value is number => typeof value === 'number';

/** Null where there is no value. */
export function highestOf(values: readonly (number | null)[]): number | null {
  return values.reduce((most, value) => (isValue(value) && value > (most ?? -1) ? value : most), null);
}
