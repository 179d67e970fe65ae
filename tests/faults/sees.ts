import type { RunEvent, RunState } from '@marteau/shared';
import { followRun } from '../../scripts/demo/follow-run.ts';
import type { House } from '../house/house.ts';

/** What getting there may take on a busy machine. */
const LONGEST_MS = 60_000;

/** Resolves as soon as the run says that it is in this state, and in this phase of it. */
export async function sees(house: House, id: string, state: RunState, phase?: string): Promise<void> {
  const seen = await firstEvent(
    house,
    id,
    (event) =>
      event.type === 'state' && event.state === state && (phase === undefined || event.phase?.name === phase),
  );
  if (seen) return;
  const run = await house.run(id);
  throw new Error(
    `${id} was not seen ${state} ${phase ?? ''} within ${LONGEST_MS} ms: ${JSON.stringify(run)}`,
  );
}

async function firstEvent(
  house: House,
  id: string,
  isIt: (event: RunEvent) => boolean,
): Promise<RunEvent | undefined> {
  const enough = new AbortController();
  const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(LONGEST_MS)]);
  try {
    for await (const event of followRun(house.url, id, signal)) if (isIt(event)) return event;
    return undefined;
  } finally {
    enough.abort();
  }
}
