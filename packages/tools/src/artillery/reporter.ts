/** A reporter of Artillery that writes what it counted in each period, with the sketches that its percentiles come from. */
export const REPORTER = `'use strict';
const { appendFileSync } = require('node:fs');
const pairsOf = (sketch) => {
  const pairs = sketch.zeroCount > 0 ? [[0, sketch.zeroCount]] : [];
  const { bins, offset } = sketch.store;
  for (let i = 0; i < bins.length; i++)
    if (bins[i] > 0) pairs.push([sketch.mapping.value(i + offset), bins[i]]);
  return pairs;
};
module.exports = (events) => {
  events.on('stats', ({ period, counters, histograms = {} }) => {
    const sketches = {};
    for (const [name, sketch] of Object.entries(histograms)) {
      const { sum, min, max, count } = sketch;
      sketches[name] = { pairs: pairsOf(sketch), sum, min, max, count };
    }
    appendFileSync(process.env.MARTEAU_ARTILLERY_LINES, JSON.stringify({ period, counters, sketches }) + '\\n');
  });
};
`;
