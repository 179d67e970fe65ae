import type { Bisect } from '@marteau/shared';
import { Type } from 'typebox';
import { RunId } from '../run.ts';
import { tool } from '../tool.ts';

export const startBisect = tool({
  name: 'start_bisect',
  description:
    'Find the commit that made a run worse or better than a good one, by pairs of runs of two commits by turns. It takes hours; call it again with the same run to see how it stands. Only for apps that the file starts.',
  readOnly: false,
  input: Type.Object(
    {
      run: RunId,
      good: Type.Optional(RunId),
      hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 72 })),
    },
    { additionalProperties: false },
  ),
  async call({ run, good, hours }, { api }) {
    const body = { ...(good !== undefined && { good }), ...(hours !== undefined && { hours }) };
    const bisect = await api.call<Bisect>('POST', `/api/v1/runs/${run}/bisect`, body);
    const { state, steps, culprit, direction, commits, low, high, skipped } = bisect;
    return {
      lines: [
        `Bisection of run ${run}: ${state}.`,
        `${steps.length} comparisons; ${high - low + 1} of ${commits.length} commits are left${skipped.length > 0 ? `, ${skipped.length} could not be measured` : ''}.`,
        ...steps.map(
          (step) =>
            `${step.commit.slice(0, 12)} against ${step.base.slice(0, 12)}: ${step.decision}, run ${step.run}.`,
        ),
        ...(culprit === null
          ? []
          : [`Found: commit ${culprit} made it ${direction}, confirmed against its parent.`]),
      ],
      foreign: { sentence: bisect.sentence, left: commits.slice(low, high + 1) },
    };
  },
});
