/** A second of a run, or several once there are more than a screen can show. */
export interface Point {
  /** When it ends, in seconds since the run's start. */
  second: number;
  /** Seconds that it covers. */
  width: number;
  recording: boolean;
  requests: number;
  errors: number;
  iterations: number;
  failures: number;
  users: number;
  /** µs; where seconds were merged, of the worst one. */
  p50: number;
  p95: number;
  p99: number;
  /** WebSockets and streams of events, where there are any: open ones, messages, p95 of round trips in µs. */
  streams?: number;
  sent?: number;
  received?: number;
  roundTrip?: number;
  /** Of a run over several nodes: what each did. */
  shares?: Share[];
}

interface Share {
  share: number;
  location?: string;
  requests: number;
}

const MOST_POINTS = 1_200;

export function newSeries() {
  let points: Point[] = [];
  let width = 1;

  return {
    get points(): readonly Point[] {
      return points;
    },

    add(tick: Omit<Point, 'width'>) {
      const last = points.at(-1);
      if (last && tick.second <= last.second) return;
      const point = { ...tick, width: 1 };
      if (last && last.width < width) points[points.length - 1] = merge(last, point);
      else points.push(point);
      if (points.length > MOST_POINTS) {
        width *= 2;
        points = points.reduce<Point[]>(pairUp, []);
      }
    },

    clear() {
      points = [];
      width = 1;
    },
  };
}

function pairUp(merged: Point[], point: Point, index: number): Point[] {
  const last = merged.at(-1);
  if (index % 2 === 1 && last) merged[merged.length - 1] = merge(last, point);
  else merged.push(point);
  return merged;
}

function merge(a: Point, b: Point): Point {
  return {
    second: b.second,
    width: a.width + b.width,
    recording: a.recording || b.recording,
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    iterations: a.iterations + b.iterations,
    failures: a.failures + b.failures,
    users: Math.max(a.users, b.users),
    p50: Math.max(a.p50, b.p50),
    p95: Math.max(a.p95, b.p95),
    p99: Math.max(a.p99, b.p99),
    ...(b.streams !== undefined && {
      streams: b.streams,
      sent: (a.sent ?? 0) + (b.sent ?? 0),
      received: (a.received ?? 0) + (b.received ?? 0),
      ...((a.roundTrip || b.roundTrip) && { roundTrip: Math.max(a.roundTrip ?? 0, b.roundTrip ?? 0) }),
    }),
    ...((a.shares || b.shares) && { shares: addShares(a.shares ?? [], b.shares ?? []) }),
  };
}

function addShares(a: Share[], b: Share[]): Share[] {
  const sums = new Map<number, number>();
  for (const { share, requests } of [...a, ...b]) sums.set(share, (sums.get(share) ?? 0) + requests);
  return [...sums].map(([share, requests]) => ({ share, requests }));
}
