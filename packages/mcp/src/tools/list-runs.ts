import { Type } from 'typebox';
import { runInWords, type ToldRun } from '../run.ts';
import { tool } from '../tool.ts';

export const listRuns = tool({
  name: 'list_runs',
  description: 'The last runs that this key may see, newest first.',
  readOnly: true,
  input: Type.Object(
    {
      project: Type.Optional(Type.String({ maxLength: 2048, description: 'address of its repository' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })),
    },
    { additionalProperties: false },
  ),
  async call({ project, limit = 10 }, { api }) {
    const query = new URLSearchParams({ limit: String(limit), ...(project && { project }) });
    const { runs } = await api.call<{ runs: ToldRun[] }>('GET', `/api/v1/runs?${query}`);
    const told = runs.map(runInWords);
    return {
      lines: runs.length === 0 ? ['There are none.'] : told.map(({ lines }) => lines[0]!),
      ...(runs.length > 0 && {
        foreign: Object.fromEntries(runs.map(({ id }, n) => [id, told[n]!.foreign])),
      }),
    };
  },
});
