import type { Format } from '../reader.ts';
import { lines } from '../text/lines.ts';
import { rows } from '../text/rows.ts';

const BASE = /^#\[(?:BaseTime|StartTime): ([\d.]+)/;

/** A log of HdrHistogram, intervals of values in µs: `[Tag=NAME,]start,length,max,histogram`, seconds. */
export const hlog: Format = {
  name: 'hlog',
  figures: {
    precision: 'histogram',
    resolutionUs: 1,
    error: 0.001,
    time: 'as the command measured it; values are read as microseconds',
  },
  reader(hear, { startedAt }) {
    let base = 0;
    const row = rows((fields) => {
      const tag = fields[0]?.startsWith('Tag=') ? fields.shift()!.slice(4) : 'all requests';
      const [start, length, , histogram] = fields;
      if (fields.length !== 4 || !Number.isFinite(Number(start)) || !histogram) return;
      const moment = Number(start) < 1e9 ? (base || startedAt / 1000) + Number(start) : Number(start);
      const second = Math.max(0, Math.floor(moment + Number(length) - 0.001 - startedAt / 1000));
      hear({ type: 'histogram', second, kind: 'request', name: tag, histogram, outcome: 'ok' });
      hear({ type: 'through', second });
    });
    return lines(
      (line) => {
        base = Number(BASE.exec(line)?.[1] ?? base);
        if (!line.startsWith('#')) row.write(Buffer.from(`${line}\n`));
      },
      { onEnd: () => row.end() },
    );
  },
};
