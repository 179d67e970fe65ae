import { figuresOf, formatCount, formatLatency, spellDuration } from '@marteau/shared';
import { errorBar } from '../../results/kind-figures.ts';
import { summarise, worstStage } from '../../results/summarise.ts';
import { tellsIterations } from '../../results/told.ts';
import type { Results } from '../../schema/results.ts';
import type { Spread } from '../../schema/statistics.ts';
import { readable } from '../text.ts';

/** The large numbers of the first screen. */
export interface NumberGroup {
  readonly caption: string;
  readonly numbers: readonly { label: string; value: string; detail: string; style: string }[];
  /** What failed most, below the numbers. */
  readonly failed: readonly { name: string; count: string }[];
  /** Other kinds of failures. */
  readonly failedLeft: number;
}

/** Kinds of failures that the first screen names, and how long such a name may be. */
const MOST_NAMED = 3;
const LONGEST_NAME = 60;

/** How long requests took in the slowest stage, and how many there were in all. */
export function numbersOf(results: Results): NumberGroup[] {
  const summary = summarise(results);
  const worst = worstStage(results.steps);
  if (summary === null || worst === null) return [];
  const figures = figuresOf(summary);
  const { time, apdex } = worst.requests;
  const number = (label: string, value: string, detail = '', style = '') => ({ label, value, detail, style });
  const several = results.steps.length > 1 ? `, the slowest of ${results.steps.length} stages` : '';
  const model =
    results.model === 'closed'
      ? 'closed model'
      : `${results.model} model, ${results.source ? 'late starts not corrected' : 'from the intended start'}`;
  const requests = `${formatCount(time.count)} ${time.count === 1 ? 'request' : 'requests'}`;
  const thin = time.p50 === null ? '; too few for percentiles' : '';
  const failed = (metric: string) => {
    const bounds = results.judgement?.thresholds.filter(({ threshold }) => threshold.metric === metric) ?? [];
    return bounds.some(({ outcome }) => outcome === 'fail') ? 'bad' : '';
  };
  return [
    {
      failed: [],
      failedLeft: 0,
      caption: `Response time at ${worst.plan.name}${several}; ${requests}, ${model}${thin}`,
      numbers: [
        ...timesOf(worst.requests.time, (percentile) => errorBar(results, worst.plan.index, percentile)),
        number(
          'Apdex',
          apdex === null ? '–' : apdex.score.toFixed(2),
          apdex?.rating ?? '',
          apdex?.rating ?? '',
        ),
      ],
    },
    {
      ...mostFrequent(results),
      caption: `All that was recorded, ${spellDuration(results.load.recordedSeconds * 1000)}`,
      numbers: [
        number('requests', figures.requests, figures.rate),
        number('errors', figures.errors, '', failed('errors')),
        number('iterations', tellsIterations(results) ? figures.iterations : '–'),
        number('failures', figures.failures, '', failed('failures')),
      ],
    },
  ];
}

type Percentile = Parameters<typeof errorBar>[2];

/** Percentiles as far as there are enough values; of a handful of requests the fastest, the average and the slowest. */
function timesOf(time: Spread, barOf: (percentile: Percentile) => number | null): NumberGroup['numbers'] {
  const one = (label: string, value: number | null, needed = '', style = '', percentile?: Percentile) => {
    const bar = percentile && value !== null ? barOf(percentile) : null;
    const missing = value === null && needed !== '' ? `needs ${needed}` : '';
    return {
      label,
      value: formatLatency(value),
      detail: bar === null ? missing : `± ${formatLatency(bar)}`,
      style,
    };
  };
  if (time.p50 === null)
    return [one('fastest', time.min), one('average', time.avg), one('slowest', time.max)];
  return [
    one('p50', time.p50, '', '', 'p50'),
    one('p95', time.p95, '200', 'strong', 'p95'),
    one('p99', time.p99, '1 000', '', 'p99'),
    ...(time.p99 === null ? [] : [one('p99.9', time.p999, '10 000', '', 'p999')]),
    one('max', time.max),
  ];
}

/** The errors and failures that came most often in the recorded time: 503 Service Unavailable, 214. */
function mostFrequent({ failures }: Results): Pick<NumberGroup, 'failed' | 'failedLeft'> {
  const counts = new Map<string, number>();
  for (const group of failures) {
    if (group.kind === 'check') continue; // which fails no request and no iteration
    const [firstLine = ''] = group.message.trim().split(/\s*\n/);
    const name = readable(firstLine.replace(/:$/, ''), LONGEST_NAME);
    const recorded = Object.values(group.byStep).reduce((sum, count) => sum + count, 0);
    if (recorded > 0) counts.set(name, (counts.get(name) ?? 0) + recorded);
  }
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
  return {
    failed: sorted.slice(0, MOST_NAMED).map(([name, count]) => ({ name, count: formatCount(count) })),
    failedLeft: Math.max(0, sorted.length - MOST_NAMED),
  };
}
