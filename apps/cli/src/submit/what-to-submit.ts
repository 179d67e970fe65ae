import { usageError } from '../errors/command-error.ts';
import { findFolder } from '../project/find-folder.ts';
import { commitOf } from '../run/local-commit.ts';
import { isAddress } from '../run/source.ts';
import type { World } from '../world.ts';

/** A repository at one commit or ref; and what the person should know about it. */
export interface WhatToSubmit {
  repo: string;
  ref: string | null;
  note: string | null;
}

/**
 * A repository's address as it is; of a folder the `origin` of its repository, at the commit that is checked out.
 * @throws CommandError when the folder is no repository, or its commit is not on the server yet
 */
export async function whatToSubmit(
  where: string,
  ref: string | null,
  { cwd, env }: Pick<World, 'cwd' | 'env'>,
  signal: AbortSignal,
): Promise<WhatToSubmit> {
  if (isAddress(where)) return { repo: where, ref, note: null };
  const folder = await findFolder(where, cwd);
  const { commit, origin } = await commitOf(folder, { path: env.PATH ?? '', signal });
  if (origin === null)
    throw usageError(
      `${folder} is no git repository with an origin that a server could fetch. Push it somewhere, or give the repository's address.`,
    );
  if (ref !== null) return { repo: origin, ref, note: null };
  if (commit === null) throw usageError(`${folder} has no commit yet. Commit and push, then submit.`);
  if (!commit.pushed)
    throw usageError(
      `The commit ${commit.id.slice(0, 8)} "${commit.subject}" is on no branch of origin, so no server can fetch it. Push it, or name another one with --ref.`,
    );
  const note = commit.changed ? 'What is not committed is not part of the run.' : null;
  return { repo: origin, ref: commit.id, note };
}
