import { axisLatency, formatCount, formatLatency, formatRate } from '@marteau/shared/format';
import { type Bound, boundsOf, type WrittenBound } from './bounds.ts';
import { createChart } from './chart.ts';
import type { ChartSpec, Line } from './marks.ts';
import { newSeries, type Point } from './series.ts';

const SHORTEST_AXIS = 30;
const answered = (point: Point, value: number) => (point.requests > 0 ? value : null);

const SPECS: Record<string, ChartSpec> = {
  rate: {
    lines: [{ name: 'requests', style: 'rate-c', value: (p) => p.requests / p.width, area: true }],
    format: formatRate,
  },
  latency: {
    lines: [
      { name: 'p50', style: 'p50-c', value: (p) => answered(p, p.p50) },
      { name: 'p95', style: 'p95-c', value: (p) => answered(p, p.p95) },
      { name: 'p99', style: 'p99-c', value: (p) => answered(p, p.p99) },
    ],
    format: formatLatency,
    tick: axisLatency,
    mayBeLog: true,
    labels: true,
  },
  errors: {
    lines: [
      { name: 'errors', style: 'errors-c', value: (p) => p.errors / p.width, area: true },
      { name: 'failures', style: 'users-c', value: (p) => p.failures / p.width },
    ],
    format: formatRate,
    least: 3,
  },
  users: {
    lines: [{ name: 'users', style: 'users-c', value: (p) => p.users, area: true, steps: true }],
    format: formatCount,
    least: 3,
  },
  messages: {
    lines: [
      { name: 'received', style: 'rate-c', value: (p) => (p.received ?? 0) / p.width, area: true },
      { name: 'sent', style: 'p95-c', value: (p) => (p.sent ?? 0) / p.width },
    ],
    format: formatRate,
    labels: true,
  },
  'round-trips': {
    lines: [{ name: 'p95', style: 'p95-c', value: (p) => p.roundTrip ?? null }],
    format: formatLatency,
    tick: axisLatency,
    mayBeLog: true,
  },
  streams: {
    lines: [{ name: 'open', style: 'users-c', value: (p) => p.streams ?? 0, area: true, steps: true }],
    format: formatCount,
    least: 3,
  },
  nodes: { lines: [], format: formatRate, labels: true },
};

const NODE_COLOURS = 6;

/** A line for each node of the run: one that lags lies below the others. */
function addNodes(lines: Line[], shares: { share: number; location?: string }[]) {
  for (const { share, location } of shares) {
    const name = location === undefined ? `n${share + 1}` : `${location} n${share + 1}`;
    if (lines.some((line) => line.name === name)) continue;
    lines.push({
      name,
      style: `node-${share % NODE_COLOURS}-c`,
      value: (p) => {
        const own = p.shares?.find((one) => one.share === share);
        return own ? own.requests / p.width : null;
      },
    });
  }
}

/**
 * The live charts of a run: one cursor over all of them, by pointer and by arrow keys.
 * @param section with a figure `data-chart` for each
 */
export function liveCharts(section: HTMLElement) {
  const series = newSeries();
  let faults: number[] = [];
  let cursor: number | null = null;
  let asked = false;
  let live = true;

  const charts = [...section.querySelectorAll('[data-chart]')].map((figure) => {
    const spec = SPECS[figure.getAttribute('data-chart') ?? ''];
    if (!(figure instanceof HTMLElement) || !spec) throw new Error('a figure without a chart');
    return { ...createChart(figure, spec), key: figure.getAttribute('data-chart') ?? '' };
  });

  const bounds = new Map<string, Bound[]>();
  /** While a run goes on there is room for what comes. */
  const seconds = () => Math.max(live ? SHORTEST_AXIS : 2, series.points.at(-1)?.second ?? 0);

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

  function showNodes(shares: { share: number; location?: string }[]) {
    addNodes(SPECS.nodes?.lines ?? [], shares);
    show('nodes');
  }

  /** A chart of what not every run has. */
  function show(key: string) {
    for (const chart of charts) if (chart.key === key) chart.figure.hidden = false;
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
    add(tick: Point) {
      series.add(tick);
      if (tick.shares && SPECS.nodes) showNodes(tick.shares);
      if (tick.streams !== undefined) for (const key of ['messages', 'streams']) show(key);
      if (tick.roundTrip !== undefined) show('round-trips');
      section.hidden = false;
      redraw();
    },
    fault(second: number) {
      faults.push(second);
      redraw();
    },
    bounds(written: WrittenBound[]) {
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

/** Where an arrow key moves the cursor; undefined for other keys. */
function moved(key: string, cursor: number | null, length: number): number | null | undefined {
  if (length === 0) return undefined;
  const from = cursor ?? length - 1;
  if (key === 'ArrowLeft') return Math.max(0, from - 1);
  if (key === 'ArrowRight') return Math.min(length - 1, from + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  return key === 'Escape' ? null : undefined;
}
