/**
 * The ticks of a run as points to draw: one a second, neighbours merged once there are more than a screen can show.
 *
 * @typedef {object} Point
 * @property {number} second when it ends, in seconds since the run's start
 * @property {number} width seconds that it covers
 * @property {boolean} recording
 * @property {number} requests
 * @property {number} errors
 * @property {number} iterations
 * @property {number} failures
 * @property {number} users
 * @property {number} p50 µs; where seconds were merged, of the worst one
 * @property {number} p95
 * @property {number} p99
 * @property {{ share: number, requests: number }[]} [shares] of a run over several nodes: what each did
 */

const mostPoints = 1_200;

export function newSeries() {
  /** @type {Point[]} */
  let points = [];
  let width = 1;

  return {
    /** @returns {readonly Point[]} */
    get points() {
      return points;
    },

    /** @param {Omit<Point, 'width'>} tick */
    add(tick) {
      const last = points.at(-1);
      if (last && tick.second <= last.second) return;
      const point = { ...tick, width: 1 };
      if (last && last.width < width) points[points.length - 1] = merge(last, point);
      else points.push(point);
      if (points.length > mostPoints) {
        width *= 2;
        points = points.reduce(pairUp, /** @type {Point[]} */ ([]));
      }
    },

    clear() {
      points = [];
      width = 1;
    },
  };
}

/**
 * @param {Point[]} merged
 * @param {Point} point
 * @param {number} index
 */
function pairUp(merged, point, index) {
  const last = merged.at(-1);
  if (index % 2 === 1 && last) merged[merged.length - 1] = merge(last, point);
  else merged.push(point);
  return merged;
}

/**
 * @param {Point} a
 * @param {Point} b
 * @returns {Point}
 */
function merge(a, b) {
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
    ...((a.shares || b.shares) && { shares: addShares(a.shares ?? [], b.shares ?? []) }),
  };
}

/**
 * @param {{ share: number, requests: number }[]} a
 * @param {{ share: number, requests: number }[]} b
 */
function addShares(a, b) {
  /** @type {Map<number, number>} */
  const sums = new Map();
  for (const { share, requests } of [...a, ...b]) sums.set(share, (sums.get(share) ?? 0) + requests);
  return [...sums].map(([share, requests]) => ({ share, requests }));
}
