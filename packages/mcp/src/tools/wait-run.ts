import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded } from '@marteau/shared';
import { Type } from 'typebox';
import { RunId, runInWords, runOf } from '../run.ts';
import { tool } from '../tool.ts';

/** Clients give up after a minute. */
const LONGEST_MS = 45_000;
const EVERY_MS = 1000;

export const waitRun = tool({
  name: 'wait_run',
  description: 'Wait for the end of a run, at most 45 seconds; call it again where it has not ended.',
  readOnly: true,
  input: Type.Object(
    { id: RunId, seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 45 })) },
    { additionalProperties: false },
  ),
  async call({ id, seconds }, { api, signal, now }) {
    const until = now() + Math.min(LONGEST_MS, (seconds ?? 45) * 1000);
    for (;;) {
      const run = await runOf(api, id);
      if (hasEnded(run.state)) return runInWords(run);
      if (now() + EVERY_MS > until) {
        const { lines, foreign } = runInWords(run);
        return { lines: [...lines, 'It has not ended: call wait_run again.'], foreign };
      }
      await sleep(EVERY_MS, undefined, { signal });
    }
  },
});
