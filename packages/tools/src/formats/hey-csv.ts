import type { Format } from '../reader.ts';
import { isErrorStatus } from '../text/outcome.ts';
import { rows } from '../text/rows.ts';

const NAME = 'all requests';

/** `hey -o csv`: one line a request that was answered, all of them at the end. Seconds, four decimals. */
export const heyCsv: Format = {
  name: 'hey-csv',
  figures: {
    precision: 'raw',
    resolutionUs: 100,
    time: 'from the request to the last byte, with connecting',
    notes: [
      'hey does not write down requests that had no answer, and at most a million of the others: how many there were is not known.',
    ],
  },
  reader(hear, { expected }) {
    return rows((row) => {
      const [time, dialup, , , , , status, offset] = row.map(Number) as [number, ...(number | undefined)[]];
      if (row.length < 8 || !(time >= 0) || status === undefined || offset === undefined) return;
      const at = (offset + time) * 1000;
      const isError = isErrorStatus(status, expected);
      hear({
        type: 'sample',
        kind: 'request',
        name: NAME,
        at,
        time: time * 1e6,
        isError,
        outcome: String(status),
      });
      if (dialup) hear({ type: 'phase', at, name: NAME, phase: 'connect', time: dialup * 1e6 });
    });
  },
};
