import type { LoadPoint } from '../schema/measurements.ts';
import type { LoadSnapshot } from './snapshot.ts';

/** What of it is kept over time. */
type Load = Omit<LoadSnapshot, 'second' | 'between'>;

/** Counts of several threads in one second; of what tells of a thread's health the worst. */
export function addThreads(threads: readonly LoadSnapshot[]): Load {
  const sum = (pick: (thread: LoadSnapshot) => number) =>
    threads.reduce((total, one) => total + pick(one), 0);
  const worst = (pick: (thread: LoadSnapshot) => number) => Math.max(0, ...threads.map(pick));
  return {
    users: sum(({ users }) => users),
    offered: sum(({ offered }) => offered),
    started: sum(({ started }) => started),
    late: sum(({ late }) => late),
    dropped: sum(({ dropped }) => dropped),
    userFailures: sum(({ userFailures }) => userFailures),
    cpu: worst(({ cpu }) => cpu),
    loopDelay: worst(({ loopDelay }) => loopDelay),
    sockets: sum(({ sockets }) => sockets),
    ...(threads.some(({ streams }) => streams !== undefined)
      ? { streams: sum(({ streams = 0 }) => streams) }
      : {}),
    gc: worst(({ gc }) => gc),
  };
}

type Amount = 'offered' | 'started' | 'late' | 'dropped';

/** Two intervals as one: starts are counted, health is the worst, users and sockets are those of the second one. */
export function joinLoad<P extends LoadPoint>(a: P, b: P): P {
  const sum = (name: Amount) => a[name] + b[name];
  return {
    ...b,
    step: Math.max(a.step, b.step),
    offered: sum('offered'),
    started: sum('started'),
    late: sum('late'),
    dropped: sum('dropped'),
    ...(a.userFailures === undefined && b.userFailures === undefined
      ? {}
      : { userFailures: (a.userFailures ?? 0) + (b.userFailures ?? 0) }),
    cpu: Math.max(a.cpu, b.cpu),
    loopDelay: Math.max(a.loopDelay, b.loopDelay),
    ...(a.gc === undefined && b.gc === undefined ? {} : { gc: Math.max(a.gc ?? 0, b.gc ?? 0) }),
  };
}

/** The load over time: one point an interval, neighbours joined as a run grows. */
export class LoadSeries {
  #points: LoadPoint[] = [];

  /** @param width seconds an interval has now */
  add(second: number, stage: number, load: Load, width: number): void {
    const at = Math.floor(second / width) * width * 1000;
    append(this.#points, { at, width: width * 1000, step: stage, ...load });
  }

  widen(): void {
    const before = this.#points;
    this.#points = [];
    for (const point of before) {
      const width = point.width * 2;
      append(this.#points, { ...point, at: Math.floor(point.at / width) * width, width });
    }
  }

  points(): LoadPoint[] {
    return this.#points;
  }
}

function append(points: LoadPoint[], point: LoadPoint): void {
  const last = points.at(-1);
  if (last?.at === point.at) points[points.length - 1] = joinLoad(last, point);
  else points.push(point);
}
