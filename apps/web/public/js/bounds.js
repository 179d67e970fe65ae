/**
 * The thresholds of a run as what its charts can draw.
 *
 * @typedef {import('./series.js').Point} Point
 * @typedef {object} WrittenBound as the page carries it
 * @property {string} chart
 * @property {'p50' | 'p95' | 'p99' | 'rate' | 'errors' | 'failures'} metric
 * @property {number} bound µs; per second; of errors and failures a share, 0 … 1
 * @property {number | null} users judged only at this load
 * @property {string} text as in the file
 *
 * @typedef {object} Bound
 * @property {string} text
 * @property {string} style class that colours it
 * @property {(point: Point) => number | null} value null where it does not hold
 * @property {boolean} level the same wherever it holds, so that it can be drawn before there is anything
 */

const styles = {
  p50: 'p50-c',
  p95: 'p95-c',
  p99: 'p99-c',
  rate: 'rate-c',
  errors: 'errors-c',
  failures: 'users-c',
};

/** @param {WrittenBound[]} written @param {string} chart @returns {Bound[]} */
export function boundsOf(written, chart) {
  return written
    .filter((one) => one.chart === chart)
    .map(({ metric, bound, users, text }) => {
      const allowed = allowedBy(metric, bound);
      return {
        text,
        style: styles[metric],
        value: (point) => (users === null || point.users === users ? allowed(point) : null),
        level: users === null && metric !== 'errors' && metric !== 'failures',
      };
    });
}

/**
 * A share of the requests or iterations is another number of them each second.
 * @param {WrittenBound['metric']} metric
 * @param {number} bound
 * @returns {(point: Point) => number}
 */
function allowedBy(metric, bound) {
  if (metric === 'errors') return (point) => (bound * point.requests) / point.width;
  if (metric === 'failures') return (point) => (bound * point.iterations) / point.width;
  return () => bound;
}
