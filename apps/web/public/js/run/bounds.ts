import type { Point } from './series.ts';

/** A threshold of the run as the page carries it; views/bounds.ts writes it. */
export interface WrittenBound {
  chart: string;
  metric: keyof typeof STYLES;
  /** µs; per second; of errors and failures a share, 0 … 1. */
  bound: number;
  /** Judged only at this load. */
  users: number | null;
  /** As in the file. */
  text: string;
}

/** The same as a chart can draw it. */
export interface Bound {
  text: string;
  /** The class that colours it. */
  style: string;
  /** Null where it does not hold. */
  value: (point: Point) => number | null;
  /** The same wherever it holds, so that it can be drawn before there is anything. */
  level: boolean;
}

const STYLES = {
  p50: 'p50-c',
  p95: 'p95-c',
  p99: 'p99-c',
  rate: 'rate-c',
  errors: 'errors-c',
  failures: 'users-c',
};

export function boundsOf(written: WrittenBound[], chart: string): Bound[] {
  return written
    .filter((one) => one.chart === chart)
    .map(({ metric, bound, users, text }) => {
      const allowed = allowedBy(metric, bound);
      return {
        text,
        style: STYLES[metric],
        value: (point) => (users === null || point.users === users ? allowed(point) : null),
        level: users === null && metric !== 'errors' && metric !== 'failures',
      };
    });
}

/** A share of the requests or iterations is another number of them each second. */
function allowedBy(metric: WrittenBound['metric'], bound: number): (point: Point) => number {
  if (metric === 'errors') return (point) => (bound * point.requests) / point.width;
  if (metric === 'failures') return (point) => (bound * point.iterations) / point.width;
  return () => bound;
}
