import type { Merged } from '../merge/merged.ts';
import type { LoadSeries } from '../schema/series.ts';

type Column = Exclude<keyof LoadSeries, 'from' | 'width' | 'gc' | 'streams'>;

/** The load and the health of its generators, in columns. */
export function loadSeries({ load, grid }: Merged): LoadSeries {
  const column = (name: Column) => load.map((point) => point[name]);
  return {
    from: 0,
    width: grid.width,
    step: column('step'),
    users: column('users'),
    offered: column('offered'),
    started: column('started'),
    late: column('late'),
    dropped: column('dropped'),
    cpu: column('cpu'),
    loopDelay: column('loopDelay'),
    sockets: column('sockets'),
    ...(load.some(({ streams }) => streams !== undefined)
      ? { streams: load.map(({ streams = 0 }) => streams) }
      : {}),
    ...(load.some(({ gc }) => gc !== undefined) ? { gc: load.map(({ gc = 0 }) => gc) } : {}),
  };
}
