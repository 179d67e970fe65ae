/** What one step of a packed number is worth: a factor of 2^(1/2000), 0.035 %. */
const stepsPerOctave = 2000;

/**
 * Reads columns of numbers from their packed form: 16 bits each on a logarithmic scale, 0 for "no value", base64.
 * The empty string is a column of zeros.
 * @param {string} packed
 * @param {number} length
 * @returns {(number | null)[]}
 */
export function unpack(packed, length) {
  if (packed === '') return new Array(length).fill(0);
  const bytes = atob(packed);
  return Array.from({ length }, (_, i) => {
    const code = bytes.charCodeAt(2 * i) + 256 * bytes.charCodeAt(2 * i + 1);
    return code === 0 ? null : 2 ** ((code - 1) / stepsPerOctave) - 1;
  });
}

/**
 * @param {readonly (number | null)[]} values 0 … 7e9
 * @returns {string}
 */
export function pack(values) {
  if (values.every((value) => value === 0)) return '';
  let bytes = '';
  for (const value of values) {
    const steps = value === null ? 0 : 1 + Math.round(Math.log2(1 + Math.max(0, value)) * stepsPerOctave);
    const code = Math.min(65_535, steps);
    bytes += String.fromCharCode(code % 256, Math.floor(code / 256));
  }
  return btoa(bytes);
}
