import { type Confirmation, REPEAT_TRIGGER, type Run } from '@marteau/shared';
import type { Submission } from '@marteau/store';

type Side = Confirmation['repeats'][number]['side'];

/**
 * Which commit the next repeat is of: before, after, after, before, before, … so that what drifts with time meets both
 * alike.
 */
export function nextSide(repeats: Confirmation['repeats']): Side {
  const isFirst = repeats.length % 2 === 0;
  const isOddPair = Math.floor(repeats.length / 2) % 2 === 1;
  return isFirst === isOddPair ? 'after' : 'before';
}

/** The same again as a run was: its commit, its profile, its overrides. Nobody is mailed. */
export function repeatRequest(of: Run, { run, startedAt, repeats }: Confirmation, by: Run): Submission {
  return {
    request: {
      repo: of.repo,
      ...(of.commit !== null && { ref: of.commit }),
      ...(of.profile !== null && { profile: of.profile }),
      overrides: of.overrides,
    },
    project: of.project,
    submitter: by.submitter,
    kind: 'repeat',
    trigger: REPEAT_TRIGGER,
    confirms: run,
    // Whoever looks next, or again after a crash, gets the same run.
    idempotencyKey: `confirm ${run} ${startedAt} ${repeats.length}`,
  };
}
