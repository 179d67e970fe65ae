import { unpack } from './packed.js';

/**
 * @import { Curves } from './panels.js'
 * @typedef {{ name: string, kind: string, curves: Curves }} Subject
 * @typedef {object} Data
 * @property {number} end ms
 * @property {{ title: string, from: number, width: number, values: number[][], names: string[] }} load
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
