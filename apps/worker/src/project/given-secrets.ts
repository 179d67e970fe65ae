import { overridesBeyond, type ResolvedFile } from '@marteau/file';
import { secretsIn } from '@marteau/run';
import { MarteauError, type Run } from '@marteau/shared';
import { type FetchedSource, type GitAccess, protectedRefs, type Secrets } from '@marteau/source';

/**
 * What the server's token alone can read is run as it is written there. See docs/decisions/0016.
 * @throws MarteauError overrides-private
 */
export function requireOwnCode(
  { overrides }: Pick<Run, 'overrides'>,
  { byToken }: Pick<FetchedSource, 'byToken'>,
  access: GitAccess | undefined,
): void {
  const deciding = byToken && !access?.share ? overridesBeyond('traffic', overrides) : [];
  if (deciding.length > 0) throw new MarteauError('overrides-private', { overrides: deciding });
}

/** Whether all that a run does was decided by the project's own people: its commit, and what overrides could change. */
export function isOwnWord(
  { overrides }: Pick<Run, 'overrides'>,
  { protectedBy }: Pick<FetchedSource, 'protectedBy'>,
): boolean {
  return protectedBy !== null && overridesBeyond('load', overrides).length === 0;
}

/**
 * Whether a run gets its project's secrets: its commit is on a branch or tag that only the project's own people write,
 * and nothing of the submission decides where they go. A run that may not have them and needs none goes without.
 * @throws MarteauError secrets-withheld
 */
export function givenSecrets(
  secrets: Secrets,
  run: Pick<Run, 'project' | 'overrides'>,
  { file, source }: { file: ResolvedFile; source: FetchedSource },
): boolean {
  const refs = protectedRefs(secrets, run.project);
  if (refs === undefined) return false;
  const redirecting = overridesBeyond('load', run.overrides);
  if (isOwnWord(run, source)) return true;
  const names = secretsIn(file.env);
  if (names.length === 0) return false;
  const commit = source.protectedBy === null ? source.commit.slice(0, 8) : null;
  throw new MarteauError('secrets-withheld', { names, commit, refs, overrides: redirecting });
}
