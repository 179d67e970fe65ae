import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Secrets } from '@marteau/source';
import { checkAddress, fetchSource, gitAccess, parseRef } from '@marteau/source';
import { usageError } from '../errors/command-error.ts';
import { findFolder } from '../project/find-folder.ts';
import type { Display } from '../show/display.ts';
import type { World } from '../world.ts';
import { commitOf, type LocalCommit } from './local-commit.ts';
import type { RunFolders } from './run-folders.ts';

/** The project that is to run: a folder of this machine, or a repository that is fetched into one. */
export interface Source {
  /** Absolute; `.marteau.yml` is in it. */
  readonly folder: string;
  /** Whether it is fetched for this run alone, so that packages may be installed as on a node. */
  readonly fetched: boolean;
  readonly repo: string;
  /** The one spelling of the project: groups its runs. */
  readonly project: string;
  readonly ref: string | null;
  readonly commit: LocalCommit | null;
}

interface OpenOptions {
  world: Pick<World, 'cwd' | 'env'>;
  work: RunFolders;
  secrets: Secrets;
  display: Display;
  signal: AbortSignal;
}

const CLONE_WITHIN_MS = 300_000;
const MOST_BYTES = 512 * 1024 * 1024;

/** Whether this is a repository's address and not a folder. */
export function isAddress(where: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(where) || /^[\w.-]+@[\w.-]+:/.test(where);
}

/**
 * Opens a folder, or fetches a repository at one commit as a node does.
 * @throws CommandError when it is no folder; MarteauError address-*, clone-*, ref-*, …
 */
export function openSource(
  { where, ref }: { where: string; ref: string | null },
  options: OpenOptions,
): Promise<Source> {
  return isAddress(where) ? fetchRepository(where, ref, options) : openFolder(where, ref, options);
}

async function openFolder(
  where: string,
  ref: string | null,
  { world, signal }: OpenOptions,
): Promise<Source> {
  if (ref !== null)
    throw usageError('--ref goes with a repository’s address; a folder is run as it is. Check it out first.');
  const folder = await realpath(await findFolder(where, world.cwd));
  const { origin, commit } = await commitOf(folder, { path: world.env.PATH ?? '', signal });
  const repo = origin ?? pathToFileURL(folder).href;
  return { folder, fetched: false, repo, project: repo, ref: null, commit };
}

async function fetchRepository(
  where: string,
  ref: string | null,
  { world, work, secrets, display, signal }: OpenOptions,
): Promise<Source> {
  display.phase('cloning');
  const address = await checkAddress(where, { allowPrivate: true }); // whoever types it may go anywhere from here
  const source = await fetchSource({
    address,
    ref: parseRef(ref),
    into: join(work.path, 'tree'),
    token: gitAccess(secrets, address)?.token,
    path: world.env.PATH ?? '',
    signal,
    deadlineMs: CLONE_WITHIN_MS,
    maxBytes: MOST_BYTES,
  });
  const { commit: id, subject, author } = source;
  display.say(`Commit ${id.slice(0, 8)} "${subject}" by ${author}`);
  return {
    folder: source.dir,
    fetched: true,
    repo: address.cloneUrl,
    project: address.url,
    ref,
    commit: { id, subject, author, changed: false, pushed: true },
  };
}
