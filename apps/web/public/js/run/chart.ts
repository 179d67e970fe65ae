import { linearScale, logScale, ROUND_STEPS, type Scale } from '@marteau/report/scale';
import { formatClock } from '@marteau/shared/format';
import type { Bound } from './bounds.ts';
import {
  BOTTOM,
  boundLines,
  type ChartSpec,
  curve,
  endLabels,
  type Frame,
  grid,
  HEIGHT,
  LEFT,
  rampShades,
  TOP,
  timeAxis,
  upright,
} from './marks.ts';
import type { Point } from './series.ts';

/** What a chart shows. */
interface View {
  points: readonly Point[];
  /** Length of the time axis. */
  seconds: number;
  /** Index of the point to show, null for the last. */
  cursor: number | null;
  /** Seconds at which something broke. */
  faults: readonly number[];
  bounds: readonly Bound[];
  /** Whether the last point is what happens now. */
  live: boolean;
}

/**
 * One chart in its figure. Draws what it is given; knows nothing of where it comes from.
 * @param figure with an <svg> and an element `.now` for the values under the cursor
 */
export function createChart(figure: HTMLElement, spec: ChartSpec) {
  const svg = figure.querySelector('svg')!;
  const now = figure.querySelector('.now')!;

  function draw({ points, seconds, cursor, faults, bounds, live }: View) {
    const width = svg.clientWidth || 480;
    const right = width - (spec.labels ? 36 : 4);
    const scale = scaleFor(points, spec, bounds);
    const frame: Frame = {
      scale,
      right,
      x: (second) => LEFT + (second / seconds) * (right - LEFT),
      y: (value) => BOTTOM - scale.place(value) * (BOTTOM - TOP),
    };
    svg.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    const allowed = boundLines(bounds, points, frame);
    const shown = cursor === null ? points.at(-1) : points[cursor];
    svg.replaceChildren(
      ...rampShades(points, frame),
      ...grid(frame, spec),
      ...timeAxis(seconds, frame),
      ...allowed.lines,
      ...spec.lines.flatMap((line) => curve(points, line, frame)),
      ...allowed.names,
      ...faults.map((second) => upright('fault', second, frame)),
      ...(spec.labels ? endLabels(points, spec.lines, frame) : []),
      ...(cursor !== null && shown ? [upright('cursor', shown.second, frame)] : []),
    );
    const tells = live || cursor !== null;
    now.replaceChildren(...(shown ? values(tells ? shown : null, spec, cursor !== null) : []));
  }

  /** The point nearest to a pointer. */
  function indexAt(clientX: number, points: readonly Point[], seconds: number) {
    const box = svg.getBoundingClientRect();
    const right = box.width - (spec.labels ? 36 : 4);
    const second = ((clientX - box.left - LEFT) / (right - LEFT)) * seconds;
    let best = 0;
    points.forEach((point, i) => {
      if (Math.abs(point.second - second) < Math.abs((points[best]?.second ?? 0) - second)) best = i;
    });
    return best;
  }

  return { figure, svg, draw, indexAt };
}

/**
 * A bound this many times above all that was measured would flatten the curves: it is named and not drawn. A
 * logarithmic axis bears a power of ten.
 */
const FAR_ABOVE = { linear: 4, logarithmic: 10 };

function scaleFor(points: readonly Point[], spec: ChartSpec, bounds: readonly Bound[]): Scale {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (const point of points) {
    for (const line of spec.lines) {
      const value = line.value(point);
      if (value === null) continue;
      if (value > 0) lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
  }
  const isLog = spec.mayBeLog && highest / lowest > 100;
  const far = Math.max(highest, spec.least ?? 0) * FAR_ABOVE[isLog ? 'logarithmic' : 'linear'];
  for (const bound of bounds) {
    const most = Math.max(0, ...points.map((point) => bound.value(point) ?? 0));
    if (most <= far) highest = Math.max(highest, most);
  }
  if (isLog) return logScale(lowest, highest);
  return linearScale(Math.max(highest, spec.least ?? 0), 3, ROUND_STEPS);
}

/** @param point null for the names alone */
function values(point: Point | null, spec: ChartSpec, withTime: boolean) {
  const parts = spec.lines.flatMap((line) => {
    const value = point && line.value(point);
    const text = point ? (value === null ? '–' : spec.format(value)) : '';
    if (spec.lines.length === 1) return [text];
    const key = document.createElement('span');
    key.className = `key ${line.style}`;
    key.textContent = line.name;
    return [key, ` ${text}  `];
  });
  return point && withTime ? [`${formatClock(point.second)}  `, ...parts] : parts;
}
