import { isComparable, type Run } from '@marteau/shared';
import type { Runs } from '@marteau/store';

const LOOKED_AT = 50;

/** The newest run of the same project before this one that passed; null when there is none among its last runs. */
export async function lastGoodRun(runs: Runs, run: Run): Promise<Run | null> {
  const page = await runs.list({ project: run.project, limit: LOOKED_AT });
  return (
    page.runs.find(
      (other) =>
        other.id < run.id &&
        other.verdict === 'pass' &&
        isComparable(other) &&
        other.test === run.test &&
        other.profile === run.profile,
    ) ?? null
  );
}
