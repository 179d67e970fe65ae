import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Authority } from '../authority/authority.ts';

const PREFIX = 'marteau-trust-';
/** How often a folder is marked as still in use. */
const MARK_MS = 60_000;
/** What was not marked for so long was left by somebody who was killed. */
const ABANDONED_MS = 3_600_000;

/** Certificates as files, for clients that take paths; they go with it. */
export interface TrustFiles extends AsyncDisposable {
  /** The authority alone, for clients that add it to what they trust. */
  cert: string;
  /** With the usual authorities, for clients that take it instead. */
  bundle: string;
}

/**
 * Writes them into a folder of their own, which is marked as in use while this process lives, and removes those that
 * killed processes left. Process ids would not do: stand-ins of runs have namespaces of their own.
 */
export async function writeTrustFiles({ cert, bundle }: Authority): Promise<TrustFiles> {
  await sweepTrustFiles();
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  const files = { cert: join(folder, 'ca.pem'), bundle: join(folder, 'bundle.pem') };
  await writeFile(files.cert, cert);
  await writeFile(files.bundle, bundle);
  const mark = (): void => {
    const now = new Date();
    utimes(folder, now, now).catch(() => {}); // the next one may succeed
  };
  const marking = setInterval(mark, MARK_MS).unref();
  return {
    ...files,
    async [Symbol.asyncDispose]() {
      clearInterval(marking);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function sweepTrustFiles(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    const markedAt = (await stat(folder).catch(() => null))?.mtimeMs ?? Date.now();
    // One that another person's process left cannot be removed, and stays.
    if (Date.now() - markedAt > ABANDONED_MS)
      await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}
