import { bandPath, dotsPath, linePath, strokesPath } from './path.js';
import { latencyScale, linearScale } from './scale.js';
import { latency, moment, perSecond, shortCount, shortLatency } from './units.js';

/**
 * The panels of the main timeline that show one subject: all requests, or one label. The server draws them into the
 * page, and the page draws them again when another label is chosen.
 * @import { Curves, Line, Panel, Tick } from './panels.js'
 * @import { Scale } from './scale.js'
 */

/** Per cent of the plot from its top, with two digits. @param {Scale} scale @param {number} value */
const fromTop = (scale, value) => Math.round((1 - scale.place(value)) * 10_000) / 100;

/** @param {Scale} scale @param {(value: number) => string} words @returns {Tick[]} */
const ticksOf = (scale, words) =>
  scale.ticks.map((tick) => ({ at: fromTop(scale, tick), label: words(tick) }));

/** @param {readonly Line[]} lines @param {Scale} scale */
const boundsOf = (lines, scale) =>
  lines
    .filter(({ value }) => value >= scale.from && value <= scale.to)
    .map(({ value, label, ok }) => ({ at: fromTop(scale, value), label, ok }));

/** What of the bounds should be inside the axis: those that do not squash the curves. */
const near = (/** @type {readonly Line[]} */ lines, /** @type {number} */ highest) =>
  lines.map(({ value }) => value).filter((value) => value <= 2.5 * highest);

/**
 * Names apart that would lie on each other.
 * @template {{ at: number }} T
 * @param {readonly T[]} ends @param {number} gap @returns {T[]}
 */
export function spreadOut(ends, gap) {
  const sorted = ends.toSorted((a, b) => a.at - b.at);
  const places = [];
  for (const { at } of sorted) places.push(Math.max(at, (places.at(-1) ?? Number.NEGATIVE_INFINITY) + gap));
  let limit = 100;
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = Math.min(places[i], limit);
    limit = places[i] - gap;
  }
  return sorted.map((end, i) => ({ ...end, at: Math.round(places[i] * 100) / 100 }));
}

/** @param {readonly (number | null)[]} values */
const lastOf = (values) => values.findLast((value) => value !== null) ?? null;

/** @param {readonly (number | null)[]} values */
const most = (values) => values.reduce((/** @type {number} */ a, b) => Math.max(a, b ?? 0), 0);

/**
 * How much of a stretch was recorded, ms.
 * @param {Curves['windows']} windows @param {number} begin @param {number} end
 */
const recordedMs = (windows, begin, end) =>
  windows.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, begin)), 0);

/**
 * What finished per second; behind it, where intervals are longer than a second, the worst and the best second.
 * @param {Curves} curves
 * @param {string} what 'requests'
 * @returns {Panel}
 */
export function throughputPanel({ end, windows, throughput, rateBounds }, what) {
  const { from, width, count, lowest, highest } = throughput;
  const grid = { from, width, end };
  const rate = count.map((n, i) => {
    const recorded = recordedMs(windows, from + i * width, from + (i + 1) * width);
    // What was counted in a tenth of an interval says little about a second; what was not recorded says nothing.
    return recorded < width / 4 ? null : (n * 1000) / recorded;
  });
  const zero = rate.map((value) => (value === null ? null : 0));
  const isFine = width <= 1000;
  const top = Math.max(most(rate), isFine ? 0 : most(highest));
  const scale = linearScale(Math.max(top, ...near(rateBounds, top)), 3);
  const marks = [
    {
      kind: 'area',
      name: 'rate',
      path: bandPath(zero, rate, grid, scale),
    },
    ...(isFine ? [] : [{ kind: 'area', name: 'spread', path: bandPath(lowest, highest, grid, scale) }]),
    { kind: 'line', name: 'rate', path: linePath(rate, grid, scale) },
  ];
  return {
    id: 'throughput',
    title: `${what} per second`,
    note: isFine
      ? ''
      : `each point is ${moment(width)} long; the band reaches from its slowest to its fastest second`,
    height: 120,
    ticks: ticksOf(scale, shortCount),
    marks,
    bounds: boundsOf(rateBounds, scale),
    ends: [],
    columns: [{ name: 'rate', label: '', from, width, values: rate.map(perSecond) }],
  };
}

/**
 * Errors per second, of the worst second where intervals are longer. Null where there were none.
 * @param {Curves} curves
 * @returns {Panel | null}
 */
export function errorsPanel({ end, throughput }) {
  const { from, width, errors, worstErrors } = throughput;
  if (most(errors) === 0) return null;
  const perWorstSecond = width <= 1000 ? errors.map((n) => (n * 1000) / width) : worstErrors;
  const scale = linearScale(most(perWorstSecond), 1);
  return {
    id: 'errors',
    title: 'errors per second',
    note: width <= 1000 ? '' : 'in the worst second of each point',
    height: 40,
    ticks: ticksOf(scale, shortCount),
    marks: [
      { kind: 'strokes', name: 'errors', path: strokesPath(perWorstSecond, { from, width, end }, scale) },
    ],
    bounds: [],
    ends: [],
    columns: [{ name: 'errors', label: '', from, width, values: perWorstSecond.map(perSecond) }],
  };
}

const latencyLines = /** @type {const} */ (['max', 'p99', 'p95', 'p50']);

/**
 * How long it took: median, p95, p99 and the slowest. Log axis where these span more than two decades.
 * @param {Curves} curves
 * @returns {Panel}
 */
export function latencyPanel({ end, latency: curves, latencyBounds }) {
  const { from, width } = curves;
  const grid = { from, width, end };
  const all = latencyLines.flatMap((name) => curves[name]);
  const scale = latencyScale([...all, ...near(latencyBounds, most(all))]);
  const drawn = latencyLines.filter((name) => curves[name].some((value) => value !== null));
  const marks = [
    { kind: 'area', name: 'p99', path: bandPath(curves.p95, curves.p99, grid, scale) },
    { kind: 'area', name: 'p95', path: bandPath(curves.p50, curves.p95, grid, scale) },
    ...drawn.map((name) => ({ kind: 'line', name, path: linePath(curves[name], grid, scale) })),
    ...drawn.map((name) => ({ kind: 'dots', name, path: dotsPath(curves[name], grid, scale) })),
  ];
  const ends = drawn.flatMap((name) => {
    const last = lastOf(curves[name]);
    return last === null ? [] : [{ at: fromTop(scale, last), name, label: name }];
  });
  const isLog = scale.isLog ? 'log axis' : '';
  const isThin = drawn.includes('p99') ? '' : 'p99 needs 1 000 requests a point';
  return {
    id: 'latency',
    title: 'response time',
    note: [isLog, drawn.length > 0 ? isThin : 'nothing finished'].filter(Boolean).join('; '),
    height: drawn.length > 0 ? 176 : 48,
    ticks: drawn.length > 0 ? ticksOf(scale, shortLatency) : [],
    marks: marks.filter(({ path }) => path !== ''),
    bounds: boundsOf(latencyBounds, scale),
    ends: spreadOut(ends, 8.5),
    columns: drawn
      .toReversed()
      .map((name) => ({ name, label: name, from, width, values: curves[name].map(latency) })),
  };
}
