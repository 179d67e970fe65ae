import type { Format } from '../reader.ts';
import { distributionTold } from '../text/known-quantiles.ts';
import { isErrorStatus } from '../text/outcome.ts';
import { wholeJson } from '../text/whole-json.ts';

interface Autocannon {
  readonly latency?: Readonly<Record<string, number>>;
  readonly requests?: { readonly total?: number };
  readonly throughput?: { readonly total?: number };
  readonly errors?: number;
  readonly timeouts?: number;
  readonly statusCodeStats?: Readonly<Record<string, { readonly count?: number | string }>>;
}

/** Names of percentiles in its summary: p2_5, p50, p97_5. There is no p95. */
const PERCENTILE = /^p(\d+)(?:_(\d+))?$/;

/** `autocannon -j`: a summary at the end, in whole ms. */
export const autocannonJson: Format = {
  name: 'autocannon-json',
  figures: {
    precision: 'summary',
    resolutionUs: 1000,
    time: 'from the request to the last byte, without connecting',
  },
  reader(hear, { expected }) {
    return wholeJson((value) => {
      const {
        latency = {},
        requests = {},
        throughput = {},
        statusCodeStats = {},
        errors = 0,
        timeouts = 0,
      } = value as Autocannon;
      const statuses = Object.entries(statusCodeStats).map(
        ([status, { count }]) => [status, Number(count) || 0] as const,
      );
      const answered = statuses.reduce((sum, [, count]) => sum + count, 0) || (requests.total ?? 0);
      const failed = statuses
        .filter(([status]) => isErrorStatus(Number(status), expected))
        .reduce((sum, [, count]) => sum + count, 0);
      // `errors` has the timeouts among it.
      const outcomes = {
        ...Object.fromEntries(statuses),
        ...(timeouts && { timeout: timeouts }),
        ...(errors > timeouts && { error: errors - timeouts }),
      };
      const timed = latency.totalCount ?? answered;
      const isInvented = timed > answered + errors;
      const quantiles = Object.entries(latency)
        .flatMap(([name, ms]) => {
          const [, whole, part = '0'] = PERCENTILE.exec(name) ?? [];
          return whole === undefined ? [] : [[Number(`${whole}.${part}`) / 100, ms * 1000] as const];
        })
        .toSorted(([a], [b]) => a - b);
      hear({
        type: 'total',
        kind: 'request',
        name: 'all requests',
        count: answered + errors,
        errors: failed + errors,
        time: distributionTold({
          count: isInvented ? 0 : answered,
          min: (latency.min ?? 0) * 1000,
          max: (latency.max ?? 0) * 1000,
          mean: (latency.average ?? latency.mean ?? 0) * 1000,
          quantiles,
        }),
        outcomes,
        bytesIn: throughput.total ?? 0,
      });
      hear({ type: 'quantiles', known: isInvented ? [] : quantiles.map(([quantile]) => quantile) });
      if (isInvented)
        hear({
          type: 'note',
          text: `autocannon counted ${timed} times and had ${answered} answers: with -R it adds times of requests that it never sent. Its percentiles are not shown; give it -C to have true ones.`,
        });
    }, hear);
  },
};
