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

/**
 * The same again as a run was: its commit, its profile, its overrides. Nobody is mailed. Of a pull request both sides
 * have the load of its base.
 * @param onNodes names of those that the first repeat had
 */
export function repeatRequest(
  of: Run,
  { run, startedAt, repeats, base }: Confirmation,
  { by, side, onNodes }: { by: Run; side: Side; onNodes: readonly string[] },
): Submission {
  const commit = base !== undefined && side === 'before' ? base : of.commit;
  return {
    request: {
      repo: of.repo,
      ...(commit !== null && { ref: commit }),
      ...(of.profile !== null && { profile: of.profile }),
      overrides: of.overrides,
    },
    project: of.project,
    submitter: by.submitter,
    kind: 'repeat',
    trigger: REPEAT_TRIGGER,
    confirms: run,
    ...(base !== undefined && { loadOf: base }),
    // Strangers' code stays where strangers' code may be, also where it is repeated beside that of the base.
    ...(base !== undefined && of.cause !== undefined && { cause: of.cause }),
    ...(onNodes.length > 0 && { onNodes }),
    // Whoever looks next, or again after a crash, gets the same run.
    idempotencyKey: `confirm ${run} ${startedAt} ${repeats.length}`,
  };
}
