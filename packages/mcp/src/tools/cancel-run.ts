import { Type } from 'typebox';
import { RunId } from '../run.ts';
import { tool } from '../tool.ts';

export const cancelRun = tool({
  name: 'cancel_run',
  description: 'Cancel a run: it ends, and its numbers are thrown away.',
  readOnly: false,
  input: Type.Object({ id: RunId }, { additionalProperties: false }),
  async call({ id }, { api }) {
    const { state } = await api.call<{ state: string }>('POST', `/api/v1/runs/${id}/cancel`);
    return { lines: [`Run ${id} is ${state}.`] };
  },
});
