import { Type } from 'typebox';
import { RunId, runInWords, runOf } from '../run.ts';
import { tool } from '../tool.ts';

export const getRun = tool({
  name: 'get_run',
  description: 'How a run stands: its state, verdict and figures.',
  readOnly: true,
  input: Type.Object({ id: RunId }, { additionalProperties: false }),
  call: async ({ id }, { api }) => runInWords(await runOf(api, id)),
});
