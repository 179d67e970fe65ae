import type { Results } from '@marteau/shared';
import type { Panel } from '../page/panels.js';
import { linePath } from '../page/path.js';
import { linearScale, type Scale, timeTicks } from '../page/scale.js';
import { moment, shortLatency } from '../page/units.js';
import { bandsOf, endOf } from './timeline.ts';

/** How busy what generated the load was, over time. */
export interface Health {
  readonly bands: ReturnType<typeof bandsOf>;
  readonly ticks: readonly { at: number; label: string }[];
  readonly panels: readonly Panel[];
}

/** Beyond these the generator may shape the numbers. */
const limits = { cpu: 0.85, loopDelay: 20_000, gc: 0.2 };

export function healthOf(results: Results): Health | null {
  const { series } = results.load;
  if (series === null || series.cpu.length === 0) return null;
  const end = endOf(results);
  const grid = { from: series.from, width: series.width, end };
  const panel = (
    id: string,
    title: string,
    values: readonly number[],
    scale: Scale,
    words: (value: number) => string,
    limit: number,
  ): Panel => ({
    id,
    title,
    note: '',
    height: 72,
    ticks: scale.ticks.map((tick) => ({ at: place(scale, tick), label: words(tick) })),
    marks: [{ kind: 'line', name: 'users', path: linePath(values, grid, scale) }],
    bounds: limit > scale.to ? [] : [{ at: place(scale, limit), label: `limit ${words(limit)}`, ok: true }],
    ends: [],
    columns: [],
  });
  const delay = linearScale(Math.max(...series.loopDelay), 2);
  return {
    bands: bandsOf(results, end),
    ticks: timeTicks(0, end).map((at) => ({ at: Math.round((at / end) * 10_000) / 100, label: moment(at) })),
    panels: [
      panel('cpu', 'processor of the busiest thread', series.cpu, linearScale(1, 2), percent, limits.cpu),
      panel(
        'loop',
        'delay of the event loop, worst thread',
        series.loopDelay,
        delay,
        shortLatency,
        limits.loopDelay,
      ),
      ...(series.gc?.some((value) => value > 0)
        ? [
            panel(
              'gc',
              'garbage collection, worst thread',
              series.gc,
              linearScale(Math.max(...series.gc), 2),
              percent,
              limits.gc,
            ),
          ]
        : []),
    ],
  };
}

const percent = (value: number) => `${Math.round(value * 100)} %`;
const place = (scale: Scale, value: number) => Math.round((1 - scale.place(value)) * 10_000) / 100;
