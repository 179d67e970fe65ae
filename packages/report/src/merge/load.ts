import { joinLoad, type LoadPoint } from '@marteau/measure';
import { intervalOf } from './grid.ts';
import type { Grid } from './merged.ts';

/** Lays one share's load on the grid. Counts are added; users and sockets are those at the end; health is the worst. */
export function loadOf(points: readonly LoadPoint[], grid: Grid, offset: number): (LoadPoint | null)[] {
  const cells: (LoadPoint | null)[] = Array.from({ length: grid.length }, () => null);
  for (const point of points) {
    const i = intervalOf(grid, point, offset);
    const before = cells[i];
    const at = i * grid.width;
    const own = { ...point, at, width: grid.width };
    cells[i] = before ? joinLoad(before, own) : own;
  }
  return cells;
}

/** The load of all shares together. */
export function addLoad(grid: Grid, shares: readonly (readonly (LoadPoint | null)[])[]): LoadPoint[] {
  return Array.from({ length: grid.length }, (_, i) => {
    const here = shares.flatMap((cells) => cells[i] ?? []);
    const none = { ...nothing, at: i * grid.width, width: grid.width };
    return here.reduce(
      (sum, point) => ({
        ...joinLoad(sum, point),
        users: sum.users + point.users,
        sockets: sum.sockets + point.sockets,
        ...(point.streams === undefined && sum.streams === undefined
          ? {}
          : { streams: (sum.streams ?? 0) + (point.streams ?? 0) }),
      }),
      none,
    );
  });
}

const nothing: LoadPoint = {
  at: 0,
  width: 0,
  step: 0,
  users: 0,
  offered: 0,
  started: 0,
  late: 0,
  dropped: 0,
  cpu: 0,
  loopDelay: 0,
  sockets: 0,
};
