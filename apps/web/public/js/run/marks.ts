import { type Scale, timeTicks } from '@marteau/report/scale';
import { formatClock } from '@marteau/shared/format';
import type { Bound } from './bounds.ts';
import type { Point } from './series.ts';

export interface Line {
  name: string;
  /** The class that colours it. */
  style: string;
  /** Null where there is nothing to draw. */
  value: (point: Point) => number | null;
  area?: boolean;
  /** For values that jump. */
  steps?: boolean;
}

export interface ChartSpec {
  lines: Line[];
  format: (value: number) => string;
  /** For the axis, where that is shorter. */
  tick?: (value: number) => string;
  /** The axis reaches at least so far. */
  least?: number;
  mayBeLog?: boolean;
  /** Names at the ends of the lines. */
  labels?: boolean;
}

/** Where things lie in a chart, in pixels. */
export interface Frame {
  scale: Scale;
  right: number;
  /** Of a second. */
  x: (second: number) => number;
  /** Of a value. */
  y: (value: number) => number;
}

export const HEIGHT = 152;
export const TOP = 12;
export const BOTTOM = HEIGHT - 20;
export const LEFT = 52;

/** What the thresholds allow, each with its words. One that lies above the chart is only named. */
export function boundLines(
  bounds: readonly Bound[],
  points: readonly Point[],
  { x, y, right, scale }: Frame,
) {
  const lines: Element[] = [];
  const names: Element[] = [];
  const taken: number[] = [];
  for (const { text, style, value, level } of bounds) {
    const held = points.flatMap((point) => {
      const at = value(point);
      return at === null ? [] : [{ x: x(point.second), y: y(at), value: at }];
    });
    const first = held[0];
    if (!first) continue;
    const above = Math.max(...held.map((one) => one.value)) > scale.to;
    const d = level ? `M${LEFT} ${first.y}H${right}` : `M${held.map((one) => `${one.x} ${one.y}`).join('L')}`;
    if (!above) lines.push(element('path', { class: `bound ${style}`, d }));
    // A level is named at its right end, a curve over its TOP.
    const named = level || above ? { x: right, y: first.y } : held.reduce((a, b) => (b.y < a.y ? b : a));
    let at = above ? TOP + 8 : named.y - 4 < TOP + 8 ? named.y + 12 : named.y - 4;
    while (taken.some((other) => Math.abs(other - at) < 12)) at += 12;
    taken.push(at);
    const place = { x: Math.max(LEFT + 72, Math.min(right, named.x)) - 2, y: at, 'text-anchor': 'end' };
    names.push(element('text', { class: `bound-name ${style}`, ...place }, above ? `${text} ↑` : text));
  }
  return { lines, names };
}

export function grid({ scale, y, right }: Frame, { format, tick: short = format }: ChartSpec) {
  return scale.ticks.flatMap((tick) => {
    const at = Math.round(y(tick)) + 0.5;
    return [
      element('path', { class: 'grid', d: `M${LEFT} ${at}H${right}` }),
      element('text', { class: 'tick', x: LEFT - 8, y: at + 3.5, 'text-anchor': 'end' }, short(tick)),
    ];
  });
}

/** The time about every 90 pixels. */
export function timeAxis(seconds: number, { x, right }: Frame) {
  const most = Math.max(1, Math.floor((right - LEFT) / 90));
  return timeTicks(0, seconds * 1000, most).map((at) => {
    const second = at / 1000;
    return element(
      'text',
      {
        class: 'tick',
        x: x(second),
        y: HEIGHT - 4,
        'text-anchor': right - x(second) < 12 ? 'end' : 'middle',
      },
      formatClock(second),
    );
  });
}

/** What is not recorded (ramps, warm-up) lies in the shade. */
export function rampShades(points: readonly Point[], { x }: Frame) {
  const shades: Element[] = [];
  for (let i = 0; i < points.length; i++) {
    if (points[i]?.recording !== false) continue;
    const from = points[i];
    while (points[i + 1]?.recording === false) i++;
    const to = points[i];
    if (!from || !to) continue;
    const begin = x(Math.max(0, from.second - from.width));
    shades.push(
      element('rect', {
        class: 'ramp',
        x: begin,
        y: TOP,
        width: Math.max(1, x(to.second) - begin),
        height: BOTTOM - TOP,
      }),
    );
  }
  return shades;
}

export function curve(points: readonly Point[], line: Line, { x, y }: Frame) {
  let d = '';
  let area = '';
  let begin = 0;
  let pen = 'M';
  const close = (end: number) => {
    if (pen === 'L') area += `L${x(end).toFixed(1)} ${BOTTOM}L${begin.toFixed(1)} ${BOTTOM}z`;
    pen = 'M';
  };
  let last = 0;
  for (const point of points) {
    const value = line.value(point);
    if (value === null) {
      close(last);
      continue;
    }
    if (pen === 'M') begin = x(point.second);
    const at = `${x(point.second).toFixed(1)} ${y(value).toFixed(1)}`;
    const part =
      line.steps && pen === 'L' ? `H${x(point.second).toFixed(1)}V${y(value).toFixed(1)}` : `${pen}${at}`;
    d += part;
    area += part;
    pen = 'L';
    last = point.second;
  }
  close(last);
  const drawn = [element('path', { class: `curve ${line.style}`, d })];
  if (line.area) drawn.unshift(element('path', { class: `area ${line.style}`, d: area }));
  return drawn;
}

/** Names at the ends of the lines, pushed apart where they would overlap. */
export function endLabels(points: readonly Point[], lines: readonly Line[], { x, y }: Frame) {
  const last = points.at(-1);
  if (!last) return [];
  const labels = lines
    .map((line) => ({ line, value: line.value(last) }))
    .filter((label) => label.value !== null)
    .map(({ line, value }) => ({ line, y: y(value ?? 0) + 4 }))
    .sort((a, b) => b.y - a.y);
  labels.forEach((label, i) => {
    const below = labels[i - 1];
    if (below) label.y = Math.min(label.y, below.y - 12);
  });
  const above = Math.max(0, TOP + 4 - (labels.at(-1)?.y ?? BOTTOM));
  for (const label of labels) label.y += above;
  return labels.map(({ line, y: at }) =>
    element('text', { class: `direct ${line.style}`, x: x(last.second) + 6, y: at }, line.name),
  );
}

/** What stands at a moment from the top to the bottom: a fault, the cursor. */
export function upright(name: string, second: number, { x }: Frame) {
  return element('path', { class: name, d: `M${x(second)} ${TOP}V${BOTTOM}` });
}

function element(name: string, attributes: Record<string, string | number>, text?: string): Element {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}
