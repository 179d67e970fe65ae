/** Numbers as packages/shared/src/format writes them; a test compares the two. */

/** @param {number} value */
function threeDigits(value) {
  const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.max(2 - magnitude, 0);
  const text = value.toFixed(decimals);
  return Number(text) >= 10 ** (magnitude + 1) && decimals > 0 ? value.toFixed(decimals - 1) : group(text);
}

/** @param {string} digits */
function group(digits) {
  const [whole = '', fraction] = digits.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** @param {number} microseconds */
export function latency(microseconds) {
  if (microseconds < 999.5) return `${Math.round(microseconds)} µs`;
  if (microseconds < 999_500) return `${threeDigits(microseconds / 1000)} ms`;
  return `${threeDigits(microseconds / 1_000_000)} s`;
}

/** @param {number} value */
export function count(value) {
  return group(String(Math.round(value)));
}

/** @param {number} perSecond */
export function perSecond(perSecond) {
  const text = threeDigits(perSecond);
  return `${text.includes('.') ? text.replace(/\.?0+$/, '') : text}/s`;
}

/** Seconds since the start as on a clock: 65 → '1:05', 3700 → '1:01:40'. @param {number} seconds */
export function clock(seconds) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A duration of whole seconds: 14 → '14s', 134 → '2m 14s', 3720 → '1h 2m'. @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  const [large, small, names] =
    whole < 3600
      ? [Math.floor(whole / 60), whole % 60, ['m', 's']]
      : [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), ['h', 'm']];
  return small > 0 ? `${large}${names[0]} ${small}${names[1]}` : `${large}${names[0]}`;
}
