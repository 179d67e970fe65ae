import { diffProfiles, type Profiled } from '@marteau/report';
import { hasEnded } from '@marteau/shared';
import { Type } from 'typebox';
import { RunId, type ToldRun } from '../run.ts';
import { tool } from '../tool.ts';

const MOST = 20;

export const getProfileDiff = tool({
  name: 'get_profile_diff',
  description:
    'Where an app spends its processor time, of two ended runs: the functions whose own time of one iteration changed most. Each is run once more for it, with a profiler; call it again until both are done. Only for apps that the file starts with Node.',
  readOnly: false,
  input: Type.Object({ before: RunId, after: RunId }, { additionalProperties: false }),
  async call({ before, after }, { api }) {
    const profiled = await Promise.all(
      [before, after].map((id) => api.call<ToldRun>('POST', `/api/v1/runs/${id}/profile`, {})),
    );
    const open = profiled.filter(({ state }) => !hasEnded(state));
    if (open.length > 0) {
      return {
        lines: [
          ...open.map(({ id, state }) => `Run ${id}, with a profiler, is ${state}.`),
          'Call get_profile_diff again with the same runs once they have ended; wait_run waits for each.',
        ],
      };
    }
    const [one, other] = await Promise.all(
      profiled.map(({ id }) => api.call<Profiled>('GET', `/api/v1/runs/${id}/profile`)),
    );
    const deltas = diffProfiles(one!, other!, MOST);
    const ms = (value: number) => `${value.toPrecision(3)} ms`;
    return {
      lines: [
        `Own processor time of one iteration, ${after} against ${before}: the ${deltas.length} functions that changed most. Sampled each millisecond, so that few samples say little.`,
      ],
      foreign: deltas.map(({ frame, before, after }) => ({
        function: frame,
        before: ms(before),
        after: ms(after),
      })),
    };
  },
});
