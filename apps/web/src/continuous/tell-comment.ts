import { type KnownComment, keepComment } from '@marteau/forge';
import { isMarteauError, type Run } from '@marteau/shared';
import type { Hook } from '@marteau/store';
import { resultsOf } from '../data/results.ts';
import { standingOf } from '../data/standing.ts';
import { commentOf, isNews } from './comment-of.ts';
import type { Continuous } from './context.ts';
import { forgeOfProject } from './forge-of-project.ts';
import type { Told } from './told.ts';

/** Writes the one comment of a run's test on its pull request. */
export async function tellComment(context: Continuous, hook: Hook, run: Run): Promise<Told> {
  const { store, url } = context;
  const { cause, id } = run;
  const { forge, api } = await forgeOfProject(context, hook);
  if (!cause?.pull || !forge.comments) return { outcome: 'refused', detail: `${forge.name} has no comments` };
  if (run.state === 'cancelled') return { outcome: 'sent', detail: 'cancelled: nothing to say' };
  const { number, comment } = cause.pull;
  const about = cause.context?.replace(/^marteau\//, '') ?? '';
  const place = `comment ${hook.project} ${number} ${about}`;
  const left = await store.turns.left(place);
  const known = left === null ? null : (JSON.parse(left) as KnownComment);
  const results = run.hasReport ? await resultsOf(store, run).catch(unlessUnreadable) : null;
  const standing = await standingOf(store, run);
  const body = commentOf(run, results, { ...standing, page: `${url}/runs/${id}` });
  const text = { about, order: id, body, isNews: comment === 'always' || isNews(run, standing.check) };
  const { did, id: commentId } = await keepComment(forge.comments(api, number), text, known);
  if (commentId !== null && did !== 'older')
    await store.turns.leave(place, JSON.stringify({ id: commentId, order: id }));
  return { outcome: 'sent', detail: did === 'nothing' ? 'nothing to say' : did };
}

/** A comment without the thresholds is better than none. */
function unlessUnreadable(error: unknown): null {
  if (isMarteauError(error)) return null;
  throw error;
}
