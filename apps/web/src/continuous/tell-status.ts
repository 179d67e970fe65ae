import { hasEnded, pullStanding, type Run } from '@marteau/shared';
import type { Hook } from '@marteau/store';
import { standingOf } from '../data/standing.ts';
import type { Continuous } from './context.ts';
import { forgeOfProject } from './forge-of-project.ts';
import { statusOf } from './status-of.ts';
import type { Told } from './told.ts';

/** Writes the status of a run's commit; an older run does not write over a newer one. */
export async function tellStatus(context: Continuous, hook: Hook, run: Run, to: string): Promise<Told> {
  const { cause, id } = run;
  const { forge, api } = await forgeOfProject(context, hook);
  if (!cause || !forge.status) return { outcome: 'refused', detail: `${forge.name} shows no statuses` };
  const place = `status ${hook.project} ${cause.sha} ${to}`;
  const last = JSON.parse((await context.store.turns.left(place)) ?? '{}') as {
    run?: string;
    isEnd?: boolean;
  };
  if ((last.run ?? '') > id) return { outcome: 'sent', detail: `run ${last.run} is newer` };
  const { check, acceptedBy } = await standingOf(context.store, run);
  const isEnd = hasEnded(run.state) && (run.verdict !== 'pass' || pullStanding(run, check) !== 'waits');
  if (last.run === id && last.isEnd && !isEnd) return { outcome: 'sent', detail: 'its end is told already' };
  const { state, description } = statusOf(run, check, acceptedBy);
  await forge.status(api, cause.sha, { context: to, state, description, url: `${context.url}/runs/${id}` });
  await context.store.turns.leave(place, JSON.stringify({ run: id, isEnd }));
  return { outcome: 'sent', detail: state };
}
