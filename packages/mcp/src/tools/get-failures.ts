import { Type } from 'typebox';
import { RunId, resultsOf } from '../run.ts';
import { tool } from '../tool.ts';

const MOST = 20;

export const getFailures = tool({
  name: 'get_failures',
  description:
    'What failed in an ended run, the most frequent first: failed assertions with the line of the script, and requests without a good answer.',
  readOnly: true,
  input: Type.Object({ id: RunId }, { additionalProperties: false }),
  async call({ id }, { api }) {
    const { failures, judgement } = await resultsOf(api, id);
    const missed = judgement?.thresholds.filter(({ outcome }) => outcome !== 'ok') ?? [];
    const groups = failures.toSorted((a, b) => b.count - a.count).slice(0, MOST);
    return {
      lines: [
        `Run ${id}: ${failures.length} kinds of failures and errors, ${missed.length} thresholds missed.`,
      ],
      ...((groups.length > 0 || missed.length > 0) && {
        foreign: {
          thresholds: missed.map(({ sentence }) => sentence),
          failures: groups.map(({ kind, test, label, message, source, sourceText, count }) => ({
            kind,
            count,
            test,
            label,
            message: message.slice(0, 400),
            source,
            sourceText,
          })),
        },
      }),
    };
  },
});
