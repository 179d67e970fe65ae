import { summarise } from '@marteau/report';
import { figuresOf, formatLatency, formatPercent, formatRate } from '@marteau/shared';
import { Type } from 'typebox';
import { RunId, resultsOf } from '../run.ts';
import { tool } from '../tool.ts';

const MOST_LABELS = 20;

export const getReport = tool({
  name: 'get_report',
  description:
    'The report of an ended run in short: verdict, thresholds, stages, the busiest requests, and what changed since the last good runs or against the base of its pull request, with how sure that is.',
  readOnly: true,
  input: Type.Object({ id: RunId }, { additionalProperties: false }),
  async call({ id }, { api }) {
    const results = await resultsOf(api, id);
    const { judgement, comparison, confirmation, steps, labels, notes } = results;
    const summary = summarise(results);
    const { p50, p95, p99, rate, errors } = figuresOf(summary);
    const requests = labels.filter(({ kind }) => kind === 'request');
    const counted = requests.map(({ name, steps: own }) => ({
      name,
      count: own.reduce((sum, { count }) => sum + count, 0),
      errors: own.reduce((sum, one) => sum + one.errors, 0),
      p95: own.at(-1)?.time.p95 ?? null,
    }));
    return {
      lines: [
        `Run ${id}: ${judgement?.verdict ?? 'not judged'}. p50 ${p50}, p95 ${p95}, p99 ${p99}, ${rate}, errors ${errors}.`,
        ...steps.map(
          ({ requests: all }, n) =>
            `Stage ${n + 1}: ${formatRate(all.rate)}, p95 ${formatLatency(all.time.p95)}, errors ${formatPercent(all.count ? all.errors / all.count : null)}.`,
        ),
        ...(summary?.kinds ?? []).map(
          ({ kind, name, p95, errorRate }) =>
            `${kind} ${name}: p95 ${formatLatency(p95)}, ${formatPercent(errorRate)} went wrong.`,
        ),
        ...(comparison
          ? [
              `Against the last good runs: ${comparison.direction}${comparison.grade ? `, ${comparison.grade}` : ''}.`,
            ]
          : []),
        ...(confirmation
          ? [
              `By turns with ${confirmation.base ? `its base ${confirmation.base.slice(0, 12)}` : 'the run before'}: ${confirmation.decision}.`,
            ]
          : []),
      ],
      foreign: {
        reason: judgement?.reason,
        thresholds: judgement?.thresholds.map(({ sentence }) => sentence),
        change: comparison?.sentence,
        byTurns: confirmation?.sentence,
        requests: counted
          .toSorted((a, b) => b.count - a.count)
          .slice(0, MOST_LABELS)
          .map((one) => ({ ...one, p95: formatLatency(one.p95) })),
        notes: notes.slice(0, 10),
      },
    };
  },
});
