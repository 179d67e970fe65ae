import { axisCount, axisLatency, formatLatency, formatMoment, formatRate } from '@marteau/shared/format';
import { bandPath, dotsPath, linePath, strokesPath } from './path.ts';
import { latencyScale, linearScale, type Scale } from './scale.ts';

/** A part of a chart with an axis of its own. Places are per cent of the plot, from its top or its left. */
export interface Panel {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  /** px */
  readonly height: number;
  readonly ticks: readonly Tick[];
  readonly marks: readonly Mark[];
  readonly bounds: readonly Bound[];
  readonly ends: readonly End[];
  readonly columns: readonly Column[];
}
export interface Tick {
  readonly at: number;
  readonly label: string;
}
export interface Mark {
  readonly kind: string;
  readonly name: string;
  readonly path: string;
}
/** A threshold as a line. */
export interface Bound {
  readonly at: number;
  readonly label: string;
  readonly ok: boolean;
}
/** A name beside the end of its line. */
export interface End {
  readonly at: number;
  readonly name: string;
  readonly label: string;
}
/** What the cursor reads, in words. */
export interface Column {
  readonly name: string;
  readonly label: string;
  readonly from: number;
  readonly width: number;
  readonly values: readonly string[];
}
export interface Line {
  readonly value: number;
  readonly label: string;
  readonly ok: boolean;
}
type Values = readonly (number | null)[];
/** What one subject did over time. */
export interface Curves {
  /** ms */
  readonly end: number;
  /** What was recorded, ms. */
  readonly windows: readonly { readonly from: number; readonly to: number }[];
  readonly throughput: {
    readonly from: number;
    readonly width: number;
    readonly count: readonly number[];
    readonly errors: readonly number[];
    readonly lowest: readonly number[];
    readonly highest: readonly number[];
    readonly worstErrors: readonly number[];
  };
  readonly latency: {
    readonly from: number;
    readonly width: number;
    readonly p50: Values;
    readonly p95: Values;
    readonly p99: Values;
    readonly max: Values;
  };
  readonly rateBounds: readonly Line[];
  readonly latencyBounds: readonly Line[];
}

// The panels of the main timeline that show one subject: all requests, or one label. The server draws them into the
// page, and the page draws them again when another label is chosen.

/** Per cent of the plot from its top, with two digits. */
export const fromTop = (scale: Scale, value: number) => Math.round((1 - scale.place(value)) * 10_000) / 100;

export const ticksOf = (scale: Scale, words: (value: number) => string): Tick[] =>
  scale.ticks.map((tick) => ({ at: fromTop(scale, tick), label: words(tick) }));

const boundsOf = (lines: readonly Line[], scale: Scale): Bound[] =>
  lines
    .filter(({ value }) => value >= scale.from && value <= scale.to)
    .map(({ value, label, ok }) => ({ at: fromTop(scale, value), label, ok }));

/** What of the bounds should be inside the axis: those that do not squash the curves. */
const near = (lines: readonly Line[], highest: number) =>
  lines.map(({ value }) => value).filter((value) => value <= 2.5 * highest);

/** Names apart that would lie on each other. */
export function spreadOut<T extends { readonly at: number }>(ends: readonly T[], gap: number): T[] {
  const sorted = ends.toSorted((a, b) => a.at - b.at);
  const places: number[] = [];
  for (const { at } of sorted) places.push(Math.max(at, (places.at(-1) ?? Number.NEGATIVE_INFINITY) + gap));
  let limit = 100;
  for (let i = places.length - 1; i >= 0; i--) {
    const place = Math.min(places[i]!, limit);
    places[i] = place;
    limit = place - gap;
  }
  return sorted.map((end, i) => ({ ...end, at: Math.round(places[i]! * 100) / 100 }));
}

const lastOf = (values: Values) => values.findLast((value) => value !== null) ?? null;

const most = (values: Values) => values.reduce<number>((a, b) => Math.max(a, b ?? 0), 0);

/** How much was recorded between two moments, ms. */
const recordedMs = (windows: Curves['windows'], begin: number, end: number) =>
  windows.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, begin)), 0);

/**
 * What finished per second; behind it, where intervals are longer than a second, the worst and the best second.
 * @param what 'requests'
 */
export function throughputPanel({ end, windows, throughput, rateBounds }: Curves, what: string): Panel {
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
      : `each point is ${formatMoment(width)} long; the band reaches from its slowest to its fastest second`,
    height: 120,
    ticks: ticksOf(scale, axisCount),
    marks,
    bounds: boundsOf(rateBounds, scale),
    ends: [],
    columns: [{ name: 'rate', label: '', from, width, values: rate.map(formatRate) }],
  };
}

/** Errors per second, of the worst second where intervals are longer. Null where there were none. */
export function errorsPanel({ end, throughput }: Curves): Panel | null {
  const { from, width, errors, worstErrors } = throughput;
  if (most(errors) === 0) return null;
  const perWorstSecond = width <= 1000 ? errors.map((n) => (n * 1000) / width) : worstErrors;
  const scale = linearScale(most(perWorstSecond), 1);
  return {
    id: 'errors',
    title: 'errors per second',
    note: width <= 1000 ? '' : 'in the worst second of each point',
    height: 40,
    ticks: ticksOf(scale, axisCount),
    marks: [
      { kind: 'strokes', name: 'errors', path: strokesPath(perWorstSecond, { from, width, end }, scale) },
    ],
    bounds: [],
    ends: [],
    columns: [{ name: 'errors', label: '', from, width, values: perWorstSecond.map(formatRate) }],
  };
}

const LATENCY_LINES = ['max', 'p99', 'p95', 'p50'] as const;

/** How long it took: median, p95, p99 and the slowest. Log axis where these span more than two decades. */
export function latencyPanel({ end, latency: curves, latencyBounds }: Curves): Panel {
  const { from, width } = curves;
  const grid = { from, width, end };
  const all = LATENCY_LINES.flatMap((name) => curves[name]);
  const scale = latencyScale([...all, ...near(latencyBounds, most(all))]);
  const drawn = LATENCY_LINES.filter((name) => curves[name].some((value) => value !== null));
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
    ticks: drawn.length > 0 ? ticksOf(scale, axisLatency) : [],
    marks: marks.filter(({ path }) => path !== ''),
    bounds: boundsOf(latencyBounds, scale),
    ends: spreadOut(ends, 8.5),
    columns: drawn
      .toReversed()
      .map((name) => ({ name, label: name, from, width, values: curves[name].map(formatLatency) })),
  };
}
