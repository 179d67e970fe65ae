import { axisCount } from '@marteau/shared';
import type { LoadSeries } from '../../schema/series.ts';
import { type Panel, ticksOf } from '../draw/panels.ts';
import { linePath, stairPath } from '../draw/path.ts';
import { linearScale } from '../draw/scale.ts';

/** What was asked of the target: users, or, in an open model, the offered and the achieved rate of starts. */
export function loadPanel(series: LoadSeries, end: number, model: 'closed' | 'open' | 'mixed'): Panel {
  const { from, width, users, offered, started } = series;
  const grid = { from, width, end };
  const isOpen = model !== 'closed';
  const perSecond = (counts: readonly number[]) => counts.map((n) => (n * 1000) / width);
  const columns = isOpen ? [perSecond(offered), perSecond(started)] : [users];
  const scale = linearScale(
    columns.flat().reduce((most, value) => Math.max(most, value), 0),
    2,
  );
  return {
    id: 'load',
    title: isOpen ? 'iterations per second: offered (line) and started (area)' : 'users',
    // A load of users that had none is one that its tool says nothing of.
    note: !isOpen && users.every((n) => n === 0) ? 'not told' : '',
    height: 48,
    ticks: ticksOf(scale, axisCount),
    marks: isOpen
      ? [
          { kind: 'area', name: 'users', path: closed(stairPath(columns[1]!, grid, scale)) },
          { kind: 'line', name: 'users', path: linePath(columns[0]!, grid, scale) },
        ]
      : [
          { kind: 'area', name: 'users', path: closed(stairPath(users, grid, scale)) },
          { kind: 'line', name: 'users', path: stairPath(users, grid, scale) },
        ],
    bounds: [],
    ends: [],
    columns: [],
  };
}

/** The area under a stair. */
function closed(path: string): string {
  const begin = /^M(\d+) (\d+)/.exec(path);
  return begin === null ? '' : `${path}V1000H${begin[1]}z`;
}
