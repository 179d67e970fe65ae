import { type MarteauFile, nextTime, type WhenSchedule } from '@marteau/file';
import { parseDuration } from '@marteau/shared';
import type { Continuous } from './context.ts';
import { createKnownHooks, type KnownHooks } from './known-hooks.ts';
import { readCommit } from './read-commit.ts';
import { offsetOf } from './spread.ts';

/** Keeps what the file of a default branch says about times. @param project id */
export async function keepSchedules(
  { store, now }: Pick<Continuous, 'store' | 'now'>,
  project: string,
  { commit, file }: { commit: string; file: Pick<MarteauFile, 'when'> | null },
): Promise<void> {
  const entries = file?.when?.schedule ?? [];
  await store.schedules.keep(project, { commit, entries }, (entry) =>
    nextMoment(project, entry as WhenSchedule, now()),
  );
}

/** So much later than its times the moments of an entry are, for one project, ms. */
export function jitterOf(project: string, { jitter }: WhenSchedule): number {
  return jitter === undefined ? 0 : offsetOf(project, parseDuration(jitter) ?? 0);
}

/** The next moment of an entry after one, jitter and all; null for none. @param after ms */
export function nextMoment(project: string, entry: WhenSchedule, after: number): number | null {
  const jitter = jitterOf(project, entry);
  const next = nextTime(entry, after - jitter);
  return next === null ? null : next + jitter;
}

const TRY_AGAIN_MS = 3_600_000;
const READ = 'read';

/**
 * Reads the file of each project that has a hook once, before anything is pushed; one that cannot be read again each
 * hour. Later pushes to its default branch tell what the file says, and each moment reads it once more.
 */
export function createLookForSchedules(
  context: Continuous,
  hooks: KnownHooks = createKnownHooks(context),
): () => Promise<void> {
  const { store, now, log } = context;
  /** What is known of a project here, so that Redis is not asked again. */
  const known = new Map<string, number | typeof READ>();
  return async () => {
    for (const { project, repo } of await hooks()) {
      const here = known.get(project);
      if (here === READ || (here !== undefined && now() - here < TRY_AGAIN_MS)) continue;
      const place = `looked ${project}`;
      const left = (await store.turns.left(place)) ?? '0';
      const before = left === READ ? READ : Number(left);
      known.set(project, before);
      if (before === READ || now() - before < TRY_AGAIN_MS) continue;
      // Whoever looks meanwhile leaves it alone.
      await store.turns.leave(place, String(now()));
      known.set(project, now());
      try {
        await keepSchedules(context, project, await readCommit(context, repo, ''));
        await store.turns.leave(place, READ);
        known.set(project, READ);
      } catch (error) {
        if (context.closing.aborted) throw error;
        log.info({ project, err: (error as Error).message }, 'the schedules of a project could not be read');
      }
    }
  };
}
