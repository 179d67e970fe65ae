import { boundsOf } from './bounds.js';
import { createChart } from './chart.js';
import { newSeries } from './series.js';
import { count, latency, perSecond } from './units.js';

/** @typedef {import('./series.js').Point} Point */

const shortestAxis = 30;
const answered = (/** @type {Point} */ point, /** @type {number} */ value) =>
  point.requests > 0 ? value : null;

/** @type {Record<string, import('./chart.js').ChartSpec>} */
const specs = {
  rate: {
    lines: [{ name: 'requests', style: 'rate-c', value: (p) => p.requests / p.width, area: true }],
    format: perSecond,
  },
  latency: {
    lines: [
      { name: 'p50', style: 'p50-c', value: (p) => answered(p, p.p50) },
      { name: 'p95', style: 'p95-c', value: (p) => answered(p, p.p95) },
      { name: 'p99', style: 'p99-c', value: (p) => answered(p, p.p99) },
    ],
    format: latency,
    mayBeLog: true,
    labels: true,
  },
  errors: {
    lines: [
      { name: 'errors', style: 'errors-c', value: (p) => p.errors / p.width, area: true },
      { name: 'failures', style: 'users-c', value: (p) => p.failures / p.width },
    ],
    format: perSecond,
    least: 3,
  },
  users: {
    lines: [{ name: 'users', style: 'users-c', value: (p) => p.users, area: true, steps: true }],
    format: count,
    least: 3,
  },
  nodes: { lines: [], format: perSecond, labels: true },
};

const nodeColours = 6;

/**
 * A line for each node of the run: one that lags lies below the others.
 * @param {import('./chart.js').Line[]} lines
 * @param {{ share: number }[]} shares
 */
function addNodes(lines, shares) {
  for (const { share } of shares) {
    const name = `n${share + 1}`;
    if (lines.some((line) => line.name === name)) continue;
    lines.push({
      name,
      style: `node-${share % nodeColours}-c`,
      value: (p) => {
        const own = p.shares?.find((one) => one.share === share);
        return own ? own.requests / p.width : null;
      },
    });
  }
}

/**
 * The live charts of a run: one cursor over all of them, by pointer and by arrow keys.
 * @param {HTMLElement} section with a figure `data-chart` for each
 */
export function liveCharts(section) {
  const series = newSeries();
  /** @type {number[]} */
  let faults = [];
  /** @type {number | null} */
  let cursor = null;
  let asked = false;
  let live = true;

  const charts = [...section.querySelectorAll('[data-chart]')].map((figure) => {
    const spec = specs[figure.getAttribute('data-chart') ?? ''];
    if (!(figure instanceof HTMLElement) || !spec) throw new Error('a figure without a chart');
    return { ...createChart(figure, spec), key: figure.getAttribute('data-chart') ?? '' };
  });

  /** @type {Map<string, import('./bounds.js').Bound[]>} */
  const bounds = new Map();
  /** While a run goes on there is room for what comes. */
  const seconds = () => Math.max(live ? shortestAxis : 2, series.points.at(-1)?.second ?? 0);

  function redraw() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      const shown = { points: series.points, seconds: seconds(), cursor, faults, live };
      for (const chart of charts)
        if (!chart.figure.hidden) chart.draw({ ...shown, bounds: bounds.get(chart.key) ?? [] });
    });
  }

  /** @param {{ share: number }[]} shares */
  function showNodes(shares) {
    addNodes(specs.nodes?.lines ?? [], shares);
    for (const { key, figure } of charts) if (key === 'nodes') figure.hidden = false;
  }

  for (const chart of charts) {
    chart.svg.addEventListener('pointermove', (event) => {
      cursor = series.points.length ? chart.indexAt(event.clientX, series.points, seconds()) : null;
      redraw();
    });
    chart.svg.addEventListener('pointerleave', () => {
      cursor = null;
      redraw();
    });
    chart.figure.addEventListener('keydown', (event) => {
      const next = moved(event.key, cursor, series.points.length);
      if (next === undefined) return;
      event.preventDefault();
      cursor = next;
      redraw();
    });
    chart.figure.addEventListener('blur', () => {
      cursor = null;
      redraw();
    });
  }
  new ResizeObserver(redraw).observe(section);

  return {
    /** @param {Point} tick */
    add(tick) {
      series.add(tick);
      if (tick.shares && specs.nodes) showNodes(tick.shares);
      section.hidden = false;
      redraw();
    },
    /** @param {number} second */
    fault(second) {
      faults.push(second);
      redraw();
    },
    /** @param {import('./bounds.js').WrittenBound[]} written */
    bounds(written) {
      for (const { key } of charts) bounds.set(key, boundsOf(written, key));
      redraw();
    },
    /** The last point is not what happens now any more. */
    end() {
      live = false;
      redraw();
    },
    clear() {
      series.clear();
      faults = [];
      redraw();
    },
  };
}

/**
 * Where an arrow key moves the cursor; undefined for other keys.
 * @param {string} key
 * @param {number | null} cursor
 * @param {number} length
 * @returns {number | null | undefined}
 */
function moved(key, cursor, length) {
  if (length === 0) return undefined;
  const from = cursor ?? length - 1;
  if (key === 'ArrowLeft') return Math.max(0, from - 1);
  if (key === 'ArrowRight') return Math.min(length - 1, from + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  return key === 'Escape' ? null : undefined;
}
