/**
 * @typedef {object} Scale maps a value to 0 (bottom) … 1 (top) and knows where to write numbers
 * @property {boolean} isLog
 * @property {number} from
 * @property {number} to
 * @property {number[]} ticks
 * @property {(value: number) => number} place
 */

/** @param {number} x */
const clamp = (x) => Math.max(0, Math.min(1, x));

/**
 * From 0 to a round number above the highest value: rates and counts are never cut off at the bottom.
 * @param {number} highest
 * @param {number} [wanted] about how many ticks
 * @returns {Scale}
 */
export function linearScale(highest, wanted = 4) {
  const top = highest > 0 ? highest : 1;
  const step = niceStep(top / wanted);
  const steps = Math.max(1, Math.ceil(top / step - 1e-9));
  const to = step * steps;
  const ticks = Array.from({ length: steps + 1 }, (_, i) => i * step);
  return { isLog: false, from: 0, to, ticks, place: (value) => clamp(value / to) };
}

/**
 * Whole decades around the values, with more numbers between them where there is room.
 * @param {number} lowest above 0
 * @param {number} highest
 * @returns {Scale}
 */
export function logScale(lowest, highest) {
  const from = roundDown(lowest);
  const to = Math.max(roundUp(highest), from * 10);
  const decades = Math.log10(to / from);
  const factors = decades <= 2.4 ? [1, 2, 5] : decades <= 3.5 ? [1, 3] : [1];
  const ticks = [];
  for (let power = Math.floor(Math.log10(from) + 1e-9); 10 ** power <= to * 1.001; power++) {
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(3));
      if (tick >= from * 0.999 && tick <= to * 1.001) ticks.push(tick);
    }
  }
  const place = (/** @type {number} */ value) => clamp(Math.log10(Math.max(value, from) / from) / decades);
  return { isLog: true, from, to, ticks, place };
}

/**
 * For latencies: from zero, or on a log axis where they span more than two decades.
 * @param {Iterable<number | null>} values
 * @returns {Scale}
 */
export function latencyScale(values) {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (const value of values) {
    if (value === null || value <= 0) continue;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return highest > 100 * lowest ? logScale(lowest, highest) : linearScale(highest);
}

/** 1, 2, 2.5 or 5 times a power of ten. @param {number} raw */
function niceStep(raw) {
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 2.5, 5, 10].find((nice) => nice * power >= raw * 0.999) ?? 10;
  return factor * power;
}

/** @param {number} value */
function roundDown(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].findLast((nice) => nice * power <= value * 1.001) ?? 1);
}

/** @param {number} value */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((nice) => nice * power >= value * 0.999) ?? 10);
}

const timeSteps = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
];

/**
 * Moments at which to write the time: at most eight, at round numbers.
 * @param {number} from ms
 * @param {number} to ms
 */
export function timeTicks(from, to) {
  const step = 1000 * (timeSteps.find((seconds) => (to - from) / (seconds * 1000) <= 8) ?? 86_400);
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}
