/**
 * Axes: from a domain of values to pixels, with round ticks.
 * @typedef {{ at: (value: number) => number, ticks: number[] }} Scale
 */

/**
 * From zero up, with about three round ticks.
 * @param {number} highest
 * @param {number} bottom pixel of zero
 * @param {number} top pixel of the highest value
 * @returns {Scale}
 */
export function linear(highest, bottom, top) {
  const step = roundStep(Math.max(highest, 1e-9) / 3);
  const end = Math.max(step, Math.ceil(highest / step - 1e-9) * step);
  const ticks = [];
  for (let value = 0; value <= end + step / 2; value += step) ticks.push(value);
  return { at: (value) => bottom - (value / end) * (bottom - top), ticks };
}

/**
 * By powers of ten, for values over more than two decades. Values below the lowest lie on the bottom.
 * @param {number} lowest above zero
 * @param {number} highest
 * @param {number} bottom
 * @param {number} top
 * @returns {Scale}
 */
export function logarithmic(lowest, highest, bottom, top) {
  const from = Math.floor(Math.log10(lowest));
  const to = Math.max(from + 1, Math.ceil(Math.log10(highest)));
  const ticks = [];
  for (let power = from; power <= to; power++) ticks.push(10 ** power);
  const at = (/** @type {number} */ value) => {
    const part = (Math.log10(Math.max(value, 10 ** from)) - from) / (to - from);
    return bottom - part * (bottom - top);
  };
  return { at, ticks };
}

/** 1, 2 or 5 times a power of ten, at least as large as asked. @param {number} wanted */
export function roundStep(wanted) {
  const power = 10 ** Math.floor(Math.log10(wanted));
  const digit = [1, 2, 5, 10].find((candidate) => candidate * power >= wanted * 0.999) ?? 10;
  return digit * power;
}

const clockSteps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800];

/** Seconds at which to mark the time axis, about one each 90 pixels. @param {number} seconds @param {number} pixels */
export function clockTicks(seconds, pixels) {
  const wanted = seconds / Math.max(1, Math.floor(pixels / 90));
  const step = clockSteps.find((candidate) => candidate >= wanted) ?? 86_400;
  const ticks = [];
  for (let at = 0; at <= seconds; at += step) ticks.push(at);
  return ticks;
}
