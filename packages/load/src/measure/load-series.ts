import type { LoadPoint } from '@marteau/measure';

/** What one thread says of the load and of itself, of one second. */
export interface LoadPiece {
  readonly second: number;
  readonly users: number;
  readonly offered: number;
  readonly started: number;
  readonly late: number;
  readonly dropped: number;
  /** Processor time / time, 0 … 1. */
  readonly cpu: number;
  /** µs, p99. */
  readonly loopDelay: number;
  readonly sockets: number;
  /** Time in garbage collection / time, 0 … 1. */
  readonly gc: number;
  /** Of the closed model's users: time that lay between their iterations / their time, 0 … 1. */
  readonly between: number;
}

/** What of it is kept over time. */
type Load = Omit<LoadPiece, 'second' | 'between'>;

/** Counts of several threads in one second; of what tells of a thread's health the worst. */
export function addThreads(pieces: readonly LoadPiece[]): Load {
  const sum = (pick: (piece: LoadPiece) => number) => pieces.reduce((total, piece) => total + pick(piece), 0);
  return {
    users: sum(({ users }) => users),
    offered: sum(({ offered }) => offered),
    started: sum(({ started }) => started),
    late: sum(({ late }) => late),
    dropped: sum(({ dropped }) => dropped),
    cpu: Math.max(0, ...pieces.map(({ cpu }) => cpu)),
    loopDelay: Math.max(0, ...pieces.map(({ loopDelay }) => loopDelay)),
    sockets: sum(({ sockets }) => sockets),
    gc: Math.max(0, ...pieces.map(({ gc }) => gc)),
  };
}

/** The load over time: one point an interval, neighbours joined as a run grows. */
export class LoadSeries {
  #points: (LoadPoint & { index: number })[] = [];

  /** @param width seconds an interval has now */
  add(second: number, step: number, load: Load, width: number): void {
    const index = Math.floor(second / width);
    const point = { index, at: index * width * 1000, width: width * 1000, step, ...load };
    const last = this.#points.at(-1);
    if (last?.index === index) this.#points[this.#points.length - 1] = joined(last, point);
    else this.#points.push(point);
  }

  widen(): void {
    const wider: (LoadPoint & { index: number })[] = [];
    for (const point of this.#points) {
      const width = point.width * 2;
      const index = point.index >> 1;
      const moved = { ...point, index, at: index * width, width };
      const last = wider.at(-1);
      if (last?.index === index) wider[wider.length - 1] = joined(last, moved);
      else wider.push(moved);
    }
    this.#points = wider;
  }

  points(): LoadPoint[] {
    return this.#points.map(({ index: _, ...point }) => point);
  }
}

/** Users and sockets are those at the end, health is the worst, the rest is counted. */
function joined<P extends LoadPoint>(a: P, b: P): P {
  return {
    ...b,
    offered: a.offered + b.offered,
    started: a.started + b.started,
    late: a.late + b.late,
    dropped: a.dropped + b.dropped,
    cpu: Math.max(a.cpu, b.cpu),
    loopDelay: Math.max(a.loopDelay, b.loopDelay),
    gc: Math.max(a.gc ?? 0, b.gc ?? 0),
  };
}
