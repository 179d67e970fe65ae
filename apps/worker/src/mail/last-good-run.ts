import { type Run, repeatTrigger } from '@marteau/shared';
import type { Runs } from '@marteau/store';

const LOOKED_AT = 50;

/** The newest run of the same project before this one that passed; null when there is none among its last runs. */
export async function lastGoodRun(runs: Runs, run: Run): Promise<Run | null> {
  const page = await runs.list({ project: run.project, limit: LOOKED_AT });
  return (
    page.runs.find(
      ({ id, verdict, test, profile, trigger }) =>
        id < run.id &&
        verdict === 'pass' &&
        trigger !== repeatTrigger &&
        test === run.test &&
        profile === run.profile,
    ) ?? null
  );
}
