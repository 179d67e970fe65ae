import { confirmable } from '@marteau/report';
import { type Bisect, isMarteauError, MarteauError, type Run, type Submitter } from '@marteau/shared';
import { commitsBetween } from '@marteau/source';
import type { Store } from '@marteau/store';
import type { WebConfig } from '../config.ts';
import { hostOf } from '../continuous/read-commit.ts';
import { endConfirmation } from './baseline.ts';
import { resultsOf } from './results.ts';

/** Halved eight times. */
const MOST_COMMITS = 256;
const HOUR_MS = 3_600_000;
/** Git ends before that by itself. */
const LONGEST_MS = 90_000;
export const HOURS = { fewest: 1, most: 72, usual: 24 } as const;

interface Asked {
  /** Id of a good run; null for the one that the bad one is compared with. */
  readonly good: string | null;
  readonly hours: number;
  /** ms since 1970 */
  readonly now: number;
}

/**
 * Hunts for the commit between a good run and this one that changed how the project does. One that goes on stays as
 * it is; one whose record is damaged begins anew. @throws MarteauError 'not-confirmable', 'not-found', clone-*
 */
export async function beginBisect(
  { store, config }: { store: Store; config: WebConfig },
  run: Run,
  { good: asked, hours, now }: Asked,
): Promise<Bisect> {
  const known = await store.bisects.of(run.id).catch((error: unknown) => {
    if (isMarteauError(error, 'record-damaged')) return null;
    throw error;
  });
  if (known?.state === 'running') return known;
  if (run.cause?.pull) refuse('The head of a pull request is compared with its base by itself.');
  const able = confirmable(await resultsOf(store, run));
  if ('why' in able) refuse(able.why);
  const good = await store.runs.get(asked ?? able.baseline);
  if (good === null || good.project !== run.project)
    throw new MarteauError('not-found', { what: `good run ${asked ?? ''} of this project` });
  if (good.cause?.pull) refuse('The good run is of a pull request.');
  const isSame = good.test === run.test && good.profile === run.profile && good.target === run.target;
  if (!isSame) refuse('The good run is of another test, profile or target.');
  if (good.commit === null || run.commit === null) refuse('It is not known which commits these runs had.');
  for (const other of await store.bisects.open()) {
    if (other.project === run.project && other.run !== run.id)
      refuse(`A commit of this project is being looked for already, from run ${other.run} on.`);
  }
  const { commits, count } = await commitsBetween({
    ...(await hostOf({ config, store, closing: AbortSignal.timeout(LONGEST_MS) }, run.project)),
    from: good.commit!,
    to: run.commit!,
    most: MOST_COMMITS,
  });
  if (count === 0) refuse('No commit came after that of the good run.');
  if (count > MOST_COMMITS) refuse(`${count} commits lie between the two: name a good run that is nearer.`);
  const bisect: Bisect = {
    v: 1,
    run: run.id,
    good: good.id,
    project: run.project,
    base: good.commit!,
    commits: [...commits],
    low: 0,
    high: commits.length - 1,
    skipped: [],
    direction: null,
    steps: [],
    state: 'running',
    culprit: null,
    sentence: `Looking among ${count} ${count === 1 ? 'commit' : 'commits'}: whether the ends differ comes first.`,
    until: new Date(now + hours * HOUR_MS).toISOString(),
    startedAt: new Date(now).toISOString(),
    endedAt: null,
  };
  await store.bisects.begin(bisect);
  return bisect;
}

function refuse(why: string): never {
  throw new MarteauError('not-confirmable', { why });
}

/** Ends the hunt, and the comparison that is on its way. @param by who ends it */
export async function endBisect(store: Store, { id }: Run, by: Submitter): Promise<void> {
  const bisect = await store.bisects.of(id);
  if (bisect?.state !== 'running') return;
  await store.bisects.keep({
    ...bisect,
    state: 'ended',
    sentence: `Cancelled after ${bisect.steps.length} comparisons.`,
    endedAt: new Date().toISOString(),
  });
  for (const { run: step } of bisect.steps.slice(-1)) {
    const run = await store.runs.get(step);
    if (run === null) continue;
    await endConfirmation(store, run, by);
    await store.runs.cancel(step, by).catch((error: unknown) => {
      // It has ended by itself.
      if (!isMarteauError(error, 'wrong-state') && !isMarteauError(error, 'not-found')) throw error;
    });
  }
}
