import { APP_OF_REPOSITORY, MarteauError, type Run, type Submitter } from '@marteau/shared';
import type { Store } from '@marteau/store';

/** What a run that was profiled has kept. */
const KEPT = 'profile.folded';

/**
 * Queues the same run once more, with its app profiled: extra, and judged by nobody, because sampling costs something.
 * The same for a day however often it is asked for. @throws MarteauError 'not-confirmable'
 */
export async function profileRun(store: Store, run: Run, by: Submitter): Promise<Run> {
  const refuse = (why: string) => new MarteauError('not-confirmable', { why });
  if (run.target !== APP_OF_REPOSITORY)
    throw refuse('Only an app that the file starts (app:) can be profiled.');
  if (run.nodes > 1) throw refuse('Apps of runs on one node are profiled: submit it with nodes 1.');
  if (run.commit === null) throw refuse('It is not known which commit this run had.');
  return store.runs.submit({
    request: {
      repo: run.repo,
      ref: run.commit,
      ...(run.profile !== null && { profile: run.profile }),
      overrides: run.overrides,
    },
    project: run.project,
    submitter: by,
    kind: 'repeat',
    trigger: 'profile',
    confirms: run.id,
    profiles: true,
    ...(run.loadOf !== undefined && { loadOf: run.loadOf }),
    ...(run.cause && { cause: run.cause }),
    idempotencyKey: `profile ${run.id}`,
  });
}

/** What was sampled in a run. @throws MarteauError 'not-found' */
export async function profileOf(store: Store, run: Run): Promise<{ iterations: number; folded: string }> {
  const folded = await store.folders.of(run.id).text(KEPT);
  if (folded === null) throw new MarteauError('not-found', { what: `profile of run ${run.id}` });
  return { iterations: run.summary?.iterations ?? 0, folded };
}
