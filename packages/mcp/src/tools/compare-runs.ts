import { compare } from '@marteau/report';
import { formatChange } from '@marteau/shared';
import { Type } from 'typebox';
import { RunId, resultsOf } from '../run.ts';
import { tool } from '../tool.ts';

const MOST = 25;

export const compareRuns = tool({
  name: 'compare_runs',
  description:
    'Compare two ended runs of one test: each changed figure with its 95 % interval and grade. One run against one is suspected at most; repeats by turns are what confirms.',
  readOnly: true,
  input: Type.Object({ before: RunId, after: RunId }, { additionalProperties: false }),
  async call({ before, after }, { api }) {
    const [one, other] = await Promise.all([resultsOf(api, before), resultsOf(api, after)]);
    const comparison = compare([one], other);
    if (comparison === null) return { lines: ['These two have no load in common, so they do not compare.'] };
    const { direction, grade, endpoints, sentence } = comparison;
    return {
      lines: [`${after} against ${before}: ${direction}${grade ? `, ${grade}` : ''}.`],
      foreign: {
        sentence,
        figures: endpoints
          .toSorted(
            (a, b) =>
              Number(b.grade !== null) - Number(a.grade !== null) || Math.abs(b.change) - Math.abs(a.change),
          )
          .slice(0, MOST)
          .map(({ label, load, metric, change, low, high, direction, grade }) => ({
            figure: `${metric}${label === null ? '' : ` of ${label}`} at ${load}`,
            change: formatChange(change),
            interval: low === null || high === null ? null : `${formatChange(low)} … ${formatChange(high)}`,
            direction,
            grade,
          })),
      },
    };
  },
});
