/** Numbers as packages/shared/src/format writes them; a test compares the two. */

/** @param {number} value */
function threeDigits(value) {
  const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.min(Math.max(2 - magnitude, 0), 20);
  const text = value.toFixed(decimals);
  return grouped(Number(text) >= 10 ** (magnitude + 1) && decimals > 0 ? value.toFixed(decimals - 1) : text);
}

/** @param {string} digits */
function grouped(digits) {
  const [whole = '', fraction] = digits.split('.');
  const thousands = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}

/** @param {string} digits */
const trimmed = (digits) => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits);

/** µs with the unit that fits. @param {number | null} us */
export function latency(us) {
  if (us === null) return '–';
  if (us < 999.5) return `${Math.round(us)} µs`;
  return us < 999_500 ? `${threeDigits(us / 1000)} ms` : `${threeDigits(us / 1_000_000)} s`;
}

/** The same without zeros that say nothing, for axes: '100 ms', '1.5 s'. @param {number} us */
export function shortLatency(us) {
  const [digits, unit] = latency(us).split(' ');
  return us === 0 ? '0' : `${trimmed(digits)} ${unit}`;
}

/** @param {number | null} value */
export const count = (value) => (value === null ? '–' : grouped(String(Math.round(value))));

/** Three digits at most, as packed numbers are not more exact than that. @param {number | null} ratio 0 … 1 */
export const percent = (ratio) =>
  ratio === null ? '–' : `${trimmed(threeDigits(Math.round(ratio * 1000) / 10))} %`;

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** @param {number | null} size */
export function bytes(size) {
  if (size === null) return '–';
  let unit = 0;
  let value = size;
  for (; value >= 999.5 && unit < byteUnits.length - 1; unit++) value /= 1000;
  return unit === 0 ? `${Math.round(value)} B` : `${threeDigits(value)} ${byteUnits[unit]}`;
}

/** @param {number | null} value */
export const perSecond = (value) => (value === null ? '–' : `${trimmed(threeDigits(value))}/s`);

/** For axes: '0', '50', '2.5 k', '1 M'. @param {number} value */
export function shortCount(value) {
  const [scaled, letter] =
    value >= 1e6 ? [value / 1e6, ' M'] : value >= 10_000 ? [value / 1e3, ' k'] : [value, ''];
  return `${trimmed(threeDigits(scaled))}${letter}`;
}

/** Time since the load began, for axes and the cursor: '0', '45s', '1m 30s', '2h 5m'. @param {number} ms */
export function moment(ms) {
  const all = Math.round(ms / 1000);
  const parts = [
    [Math.floor(all / 3600), 'h'],
    [Math.floor(all / 60) % 60, 'm'],
    [all % 60, 's'],
  ];
  const text = parts.flatMap(([n, unit]) => (Number(n) > 0 ? `${n}${unit}` : [])).join(' ');
  return text === '' ? '0' : text;
}
