import { clockTicks, linear, logarithmic } from './scale.js';
import { clock } from './units.js';

/**
 * @typedef {import('./series.js').Point} Point
 * @typedef {object} Line
 * @property {string} name
 * @property {string} style class that colours it
 * @property {(point: Point) => number | null} value null where there is nothing to draw
 * @property {boolean} [area]
 * @property {boolean} [steps] for values that jump
 *
 * @typedef {object} ChartSpec
 * @property {Line[]} lines
 * @property {(value: number) => string} format
 * @property {number} [least] the axis reaches at least so far
 * @property {boolean} [mayBeLog]
 * @property {boolean} [labels] names at the ends of the lines
 *
 * @typedef {object} View what a chart shows
 * @property {readonly Point[]} points
 * @property {number} seconds length of the time axis
 * @property {number | null} cursor index of the point to show, null for the last
 * @property {readonly number[]} faults seconds at which something broke
 * @property {readonly import('./bounds.js').Bound[]} bounds
 * @property {boolean} live whether the last point is what happens now
 */

const height = 152;
const top = 12;
const bottom = height - 20;
const left = 52;

/**
 * One chart in its figure. Draws what it is given; knows nothing of where it comes from.
 * @param {HTMLElement} figure with an <svg> and an element `.now` for the values under the cursor
 * @param {ChartSpec} spec
 */
export function createChart(figure, spec) {
  const svg = /** @type {SVGSVGElement} */ (figure.querySelector('svg'));
  const now = /** @type {HTMLElement} */ (figure.querySelector('.now'));

  /** @param {View} view */
  function draw({ points, seconds, cursor, faults, bounds, live }) {
    const width = svg.clientWidth || 480;
    const right = width - (spec.labels ? 36 : 4);
    const x = (/** @type {number} */ second) => left + (second / seconds) * (right - left);
    const y = scaleFor(points, spec, bounds);
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const parts = [...rampShades(points, x), ...grid(y, spec, right), ...timeAxis(seconds, right, x)];
    const allowed = boundLines(bounds, points, y, right, x);
    parts.push(...allowed.lines);
    for (const line of spec.lines) parts.push(...curve(points, line, x, y.at));
    parts.push(...allowed.names);
    for (const second of faults)
      parts.push(element('path', { class: 'fault', d: `M${x(second)} ${top}V${bottom}` }));
    if (spec.labels) parts.push(...endLabels(points, spec, x, y.at));
    const shown = cursor === null ? points.at(-1) : points[cursor];
    if (cursor !== null && shown) {
      parts.push(element('path', { class: 'cursor', d: `M${x(shown.second)} ${top}V${bottom}` }));
    }
    svg.replaceChildren(...parts);
    const tells = live || cursor !== null;
    now.replaceChildren(...(shown ? values(tells ? shown : null, spec, cursor !== null) : []));
  }

  /** The point nearest to a pointer. @param {number} clientX @param {readonly Point[]} points @param {number} seconds */
  function indexAt(clientX, points, seconds) {
    const box = svg.getBoundingClientRect();
    const right = box.width - (spec.labels ? 36 : 4);
    const second = ((clientX - box.left - left) / (right - left)) * seconds;
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
const farAbove = { linear: 4, logarithmic: 10 };

/** @param {readonly Point[]} points @param {ChartSpec} spec @param {readonly import('./bounds.js').Bound[]} bounds */
function scaleFor(points, spec, bounds) {
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
  const kind = spec.mayBeLog && highest / lowest > 100 ? 'logarithmic' : 'linear';
  const far = Math.max(highest, spec.least ?? 0) * farAbove[kind];
  for (const bound of bounds) {
    const most = Math.max(0, ...points.map((point) => bound.value(point) ?? 0));
    if (most <= far) highest = Math.max(highest, most);
  }
  if (kind === 'logarithmic') return logarithmic(lowest, highest, bottom, top);
  return linear(Math.max(highest, spec.least ?? 0), bottom, top);
}

/**
 * What the thresholds allow, each with its words. One that lies above the chart is only named.
 * @param {readonly import('./bounds.js').Bound[]} bounds
 * @param {readonly Point[]} points
 * @param {import('./scale.js').Scale} y
 * @param {number} right
 * @param {(second: number) => number} x
 */
function boundLines(bounds, points, y, right, x) {
  const lines = [];
  const names = [];
  /** @type {number[]} */
  const taken = [];
  for (const { text, style, value, level } of bounds) {
    const held = points.flatMap((point) => {
      const at = value(point);
      return at === null ? [] : [{ x: x(point.second), y: y.at(at) }];
    });
    const first = held[0];
    if (!first) continue;
    const above = Math.min(...held.map((one) => one.y)) < top - 1;
    const d = level ? `M${left} ${first.y}H${right}` : `M${held.map((one) => `${one.x} ${one.y}`).join('L')}`;
    if (!above) lines.push(element('path', { class: `bound ${style}`, d }));
    // A level is named at its right end, a curve over its top.
    const named = level || above ? { x: right, y: first.y } : held.reduce((a, b) => (b.y < a.y ? b : a));
    let at = above ? top + 8 : named.y - 4 < top + 8 ? named.y + 12 : named.y - 4;
    while (taken.some((other) => Math.abs(other - at) < 12)) at += 12;
    taken.push(at);
    const place = { x: Math.max(left + 72, Math.min(right, named.x)) - 2, y: at, 'text-anchor': 'end' };
    names.push(element('text', { class: `bound-name ${style}`, ...place }, above ? `${text} ↑` : text));
  }
  return { lines, names };
}

/** @param {import('./scale.js').Scale} y @param {ChartSpec} spec @param {number} right */
function grid(y, spec, right) {
  return y.ticks.flatMap((tick) => {
    const at = Math.round(y.at(tick)) + 0.5;
    return [
      element('path', { class: 'grid', d: `M${left} ${at}H${right}` }),
      element('text', { class: 'tick', x: left - 8, y: at + 3.5, 'text-anchor': 'end' }, spec.format(tick)),
    ];
  });
}

/** @param {number} seconds @param {number} right @param {(second: number) => number} x */
function timeAxis(seconds, right, x) {
  return clockTicks(seconds, right - left).map((second) =>
    element(
      'text',
      {
        class: 'tick',
        x: x(second),
        y: height - 4,
        'text-anchor': right - x(second) < 12 ? 'end' : 'middle',
      },
      clock(second),
    ),
  );
}

/** What is not recorded (ramps, warm-up) lies in the shade. @param {readonly Point[]} points @param {(second: number) => number} x */
function rampShades(points, x) {
  const shades = [];
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
        y: top,
        width: Math.max(1, x(to.second) - begin),
        height: bottom - top,
      }),
    );
  }
  return shades;
}

/**
 * @param {readonly Point[]} points
 * @param {Line} line
 * @param {(second: number) => number} x
 * @param {(value: number) => number} y
 */
function curve(points, line, x, y) {
  let d = '';
  let area = '';
  let begin = 0;
  let pen = 'M';
  const close = (/** @type {number} */ end) => {
    if (pen === 'L') area += `L${x(end).toFixed(1)} ${bottom}L${begin.toFixed(1)} ${bottom}z`;
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
    const piece =
      line.steps && pen === 'L' ? `H${x(point.second).toFixed(1)}V${y(value).toFixed(1)}` : `${pen}${at}`;
    d += piece;
    area += piece;
    pen = 'L';
    last = point.second;
  }
  close(last);
  const drawn = [element('path', { class: `curve ${line.style}`, d })];
  if (line.area) drawn.unshift(element('path', { class: `area ${line.style}`, d: area }));
  return drawn;
}

/** Names at the ends of the lines, pushed apart where they would overlap. @param {readonly Point[]} points @param {ChartSpec} spec @param {(second: number) => number} x @param {(value: number) => number} y */
function endLabels(points, spec, x, y) {
  const last = points.at(-1);
  if (!last) return [];
  const labels = spec.lines
    .map((line) => ({ line, value: line.value(last) }))
    .filter((label) => label.value !== null)
    .map(({ line, value }) => ({ line, y: y(value ?? 0) + 4 }))
    .sort((a, b) => b.y - a.y);
  labels.forEach((label, i) => {
    const below = labels[i - 1];
    if (below) label.y = Math.min(label.y, below.y - 12);
  });
  const above = Math.max(0, top + 4 - (labels.at(-1)?.y ?? bottom));
  for (const label of labels) label.y += above;
  return labels.map(({ line, y: at }) =>
    element('text', { class: `direct ${line.style}`, x: x(last.second) + 6, y: at }, line.name),
  );
}

/** @param {Point | null} point null for the names alone @param {ChartSpec} spec @param {boolean} withTime */
function values(point, spec, withTime) {
  const parts = spec.lines.flatMap((line) => {
    const value = point && line.value(point);
    const text = point ? (value === null ? '–' : spec.format(value)) : '';
    if (spec.lines.length === 1) return [text];
    const key = document.createElement('span');
    key.className = `key ${line.style}`;
    key.textContent = line.name;
    return [key, ` ${text}  `];
  });
  return point && withTime ? [`${clock(point.second)}  `, ...parts] : parts;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function element(name, attributes, text) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}
