import { unpack } from './packed.js';
import { bytes, count, latency, percent } from './units.js';

/**
 * @import { Curves } from './panels.js'
 * @typedef {{ name: string, kind: string, curves: Curves }} Subject
 * @typedef {object} Data
 * @property {number} end ms
 * @property {{ title: string, from: number, width: number, values: number[][], names: string[] }} load
 * @property {{ id: string, columns: any[] }[]} readings what the cursor reads in the other charts, by panel
 * @property {Subject[]} subjects all requests first, then every label
 */

/** The numbers behind the timeline, unpacked when they are first needed. @returns {Data | null} */
export function readData() {
  const text = document.querySelector('#data')?.textContent ?? 'null';
  const packed = JSON.parse(text);
  if (packed === null) return null;
  const column = (/** @type {string} */ text, /** @type {number} */ length) => unpack(text, length);
  const columns = (/** @type {Record<string, any>} */ series) => {
    const { from, width, length, ...rest } = series;
    const unpacked = Object.entries(rest).map(([name, text]) => [name, column(text, length)]);
    return { from, width, ...Object.fromEntries(unpacked) };
  };
  return {
    end: packed.end,
    load: columns(packed.load),
    readings: packed.readings.map((/** @type {any} */ { id, columns: all }) => ({
      id,
      columns: all.map(reading),
    })),
    subjects: packed.subjects.map((/** @type {any} */ subject) => ({
      ...subject,
      get curves() {
        const { throughput, latency, rateBounds, latencyBounds } = subject;
        const curves = {
          throughput: columns(throughput),
          latency: columns(latency),
          rateBounds,
          latencyBounds,
        };
        return { end: packed.end, windows: packed.windows, ...curves };
      },
    })),
  };
}

/** Packed numbers end at 7e9, so bytes are packed as kB. */
const scales = { bytes: 1000 };
const words = { percent, latency, bytes, count };

/** A column that is unpacked when the cursor first comes over it. @param {any} packed */
function reading({ name, label, unit, from, width, length, packed }) {
  /** @type {string[] | null} */
  let values = null;
  const say = (/** @type {number | null} */ value) =>
    words[unit](value === null ? null : value * (scales[unit] ?? 1));
  return {
    name,
    label,
    from,
    width,
    get values() {
      values ??= unpack(packed, length).map(say);
      return values;
    },
  };
}
