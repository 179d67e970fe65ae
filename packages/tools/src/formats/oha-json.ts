import type { Format } from '../reader.ts';
import { distributionTold } from '../text/known-quantiles.ts';
import { errorClass, isErrorStatus } from '../text/outcome.ts';
import { wholeJson } from '../text/whole-json.ts';

interface Oha {
  readonly summary?: {
    readonly slowest?: number;
    readonly fastest?: number;
    readonly average?: number;
    readonly totalData?: number;
  };
  readonly latencyPercentiles?: Readonly<Record<string, number | null>>;
  readonly statusCodeDistribution?: Readonly<Record<string, number>>;
  readonly errorDistribution?: Readonly<Record<string, number>>;
}

/** `oha --no-tui --output-format json`: a summary at the end, in seconds. */
export const ohaJson: Format = {
  name: 'oha-json',
  figures: {
    precision: 'summary',
    resolutionUs: 1,
    time: 'from the request to the last byte, with connecting; with --latency-correction from when it was due',
  },
  reader(hear, { expected }) {
    return wholeJson((value) => {
      const {
        summary = {},
        latencyPercentiles = {},
        statusCodeDistribution = {},
        errorDistribution = {},
      } = value as Oha;
      const answered = total(statusCodeDistribution);
      const failed = Object.entries(statusCodeDistribution).filter(([status]) =>
        isErrorStatus(Number(status), expected),
      );
      const quantiles = Object.entries(latencyPercentiles)
        .flatMap(([name, seconds]) =>
          typeof seconds === 'number' ? [[Number(name.slice(1)) / 100, seconds * 1e6] as const] : [],
        )
        .toSorted(([a], [b]) => a - b);
      const outcomes: Record<string, number> = { ...statusCodeDistribution };
      for (const [message, count] of Object.entries(errorDistribution)) {
        const kind = errorClass(message);
        outcomes[kind] = (outcomes[kind] ?? 0) + count;
        hear({ type: 'note', text: `oha: ${count} requests had no answer: ${message}` });
      }
      const lost = total(errorDistribution);
      hear({
        type: 'total',
        kind: 'request',
        name: 'all requests',
        count: answered + lost,
        errors: failed.reduce((sum, [, count]) => sum + count, 0) + lost,
        time: distributionTold({
          count: answered,
          min: (summary.fastest ?? 0) * 1e6,
          max: (summary.slowest ?? 0) * 1e6,
          mean: (summary.average ?? 0) * 1e6,
          quantiles,
        }),
        outcomes,
        bytesIn: summary.totalData ?? 0,
      });
      hear({ type: 'quantiles', known: quantiles.map(([quantile]) => quantile) });
    }, hear);
  },
};

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
