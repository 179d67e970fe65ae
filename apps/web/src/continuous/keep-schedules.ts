import { type MarteauFile, nextTime, type WhenSchedule } from '@marteau/file';
import { parseDuration } from '@marteau/shared';
import type { Continuous } from './context.ts';
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

const LOOK_AGAIN_MS = 3_600_000;

/** Reads the file of each project that has a hook, where it was not read for an hour: also before anything is pushed. */
export async function lookForSchedules(context: Continuous): Promise<void> {
  const { store, now, log } = context;
  for (const { project, repo } of await store.hooks.list()) {
    const place = `looked ${project}`;
    if (now() - Number((await store.turns.left(place)) ?? 0) < LOOK_AGAIN_MS) continue;
    await store.turns.leave(place, String(now()));
    await readCommit(context, repo, '')
      .then((read) => keepSchedules(context, project, read))
      .catch((error: Error) =>
        log.info({ project, err: error.message }, 'the schedules of a project could not be read'),
      );
  }
}
