import type { RunEvent, RunState } from '@marteau/shared';
import { followRun } from '../../scripts/demo/follow-run.ts';
import type { House } from '../house/house.ts';

/** Resolves as soon as the run says that it is in this state, and in this phase of it. */
export async function sees(house: House, id: string, state: RunState, phase?: string): Promise<void> {
  const seen = await firstEvent(
    house,
    id,
    (event) =>
      event.type === 'state' && event.state === state && (phase === undefined || event.phase?.name === phase),
  );
  if (!seen) throw new Error(`${id} ended without having been ${state} ${phase ?? ''}`);
}

async function firstEvent(
  house: House,
  id: string,
  isIt: (event: RunEvent) => boolean,
): Promise<RunEvent | undefined> {
  const enough = new AbortController();
  const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(60_000)]);
  try {
    for await (const event of followRun(house.url, id, signal)) if (isIt(event)) return event;
    return undefined;
  } finally {
    enough.abort();
  }
}
