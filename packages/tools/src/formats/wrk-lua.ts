import { distributionOf, noTimes } from '@marteau/measure';
import type { Format } from '../reader.ts';
import { lines } from '../text/lines.ts';
import { talliedTimes } from '../text/tallied-times.ts';

/** What a `done` of ours writes, as one line: docs/guide/your-scripts.md has it. */
interface Done {
  readonly requests: number;
  readonly bytes: number;
  readonly errors: Readonly<Record<'connect' | 'read' | 'write' | 'status' | 'timeout', number>>;
  /** Value in µs and how often. */
  readonly latency: readonly (readonly [number, number])[];
}

const MARK = 'marteau-wrk ';

/** A line `marteau-wrk {…}` that a `done` in wrk's Lua script prints at the end. */
export const wrkLua: Format = {
  name: 'wrk-lua',
  figures: {
    precision: 'histogram',
    resolutionUs: 1,
    error: 0.001,
    time: 'from the request to the last byte, without connecting; answers that took longer than --timeout are not among them',
  },
  reader(hear) {
    return lines(
      (line) => {
        const at = line.indexOf(MARK);
        if (at < 0) return;
        const done = parse(line.slice(at + MARK.length));
        if (done === null) return;
        const { requests, bytes, errors, latency } = done;
        const times = talliedTimes(latency);
        const lost = errors.connect + errors.read + errors.write + errors.timeout;
        const outcomes = Object.entries({ ...errors, status: 0, answered: requests }).filter(
          ([, count]) => count > 0,
        );
        hear({
          type: 'total',
          kind: 'request',
          name: 'all requests',
          count: requests + lost,
          errors: errors.status + lost,
          time: distributionOf(times.count > requests ? noTimes : times),
          outcomes: Object.fromEntries(outcomes),
          bytesIn: bytes,
        });
        if (times.count <= requests) return;
        hear({ type: 'quantiles', known: [] });
        hear({
          type: 'note',
          text: `wrk told ${times.count} times and had ${requests} answers: it fills in times of requests that it never sent. Its percentiles are not shown.`,
        });
      },
      { keepsRest: true },
    );
  },
};

/** Null where the line was not written whole. */
function parse(text: string): Done | null {
  try {
    return JSON.parse(text) as Done;
  } catch {
    return null;
  }
}
