import { ForgeRefusal } from '@marteau/forge';
import { isMarteauError } from '@marteau/shared';
import type { Arrival, HookJob, JobResult } from '@marteau/store';
import type { Continuous } from './context.ts';
import { handleEvent } from './handle-event.ts';

/** So long a host may be away. */
const GIVE_UP_MS = 86_400_000;

/** Does what a call of a hook is about, and writes down what came of it. Throws to be called again later. */
export async function handleArrival(context: Continuous, { project, id }: HookJob): Promise<JobResult> {
  const { store, log, now } = context;
  await store.arrivals.lull();
  const arrival = await store.arrivals.get(project, id);
  if (arrival?.state !== 'waiting') return 'stale';
  const settle = (what: Partial<Arrival>) =>
    store.arrivals.settle({ ...arrival, ...what, tries: arrival.tries + 1 });
  const hook = await store.hooks.of(project);
  if (hook === null) {
    await settle({ state: 'failed', why: 'The hook of this project was removed.' });
    return 'done';
  }
  try {
    const runs: string[] = [];
    const reasons: string[] = [];
    let isAsked = false;
    for (const event of arrival.events) {
      const outcome = await handleEvent(context, hook, event, {
        again: arrival.replayOf === undefined ? '' : id,
        isApproved: arrival.approvedBy !== undefined,
      });
      if ('runs' in outcome) runs.push(...outcome.runs);
      else reasons.push('asked' in outcome ? outcome.asked : outcome.ignored);
      isAsked ||= 'asked' in outcome;
    }
    const state = runs.length > 0 ? 'done' : isAsked ? 'asked' : 'ignored';
    await settle({ state, runs, why: reasons.join(' ') || null });
    log.info({ project, arrival: id, runs }, 'did what a hook was called for');
  } catch (error) {
    const known = isMarteauError(error) || error instanceof ForgeRefusal;
    const why = known ? error.message : 'A defect of this server; its log says more.';
    const again = !known || (isMarteauError(error) ? error.retry : error.again);
    const isTooLate = now() - Date.parse(arrival.at) > GIVE_UP_MS;
    await settle({ state: again && !isTooLate ? 'waiting' : 'failed', why });
    if (!known) log.error({ err: error, arrival: id }, 'a defect');
    if (again && !isTooLate) throw error;
  }
  return 'done';
}
