import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseFile, type ResolvedFile, renderProblems, resolveFile } from '@marteau/file';
import type { TlsSettings } from '../../fetch/tls-settings.ts';
import type { DataFiles } from '../data/read-data.ts';

/** What of a project's `.marteau.yml` matters to a test that is tried by hand. */
export interface Project extends Pick<ResolvedFile, 'requestTimeoutMs' | 'labels' | 'session'> {
  /** The folder of the file; the working directory where there is none. */
  readonly root: string;
  readonly target: string | undefined;
  readonly tls: TlsSettings;
  readonly data: DataFiles;
}

/**
 * Reads the nearest `.marteau.yml`, from a folder on upwards; a project without one is fine.
 * @param env MARTEAU_TARGET wins over the file's target
 * @throws Error with all mistakes of the file
 */
export function readProject(folder: string, env: Readonly<Record<string, string | undefined>>): Project {
  const root = folderOfFile(folder);
  if (root === null) {
    const tls = { rejectUnauthorized: true };
    return {
      root: folder,
      target: env.MARTEAU_TARGET,
      requestTimeoutMs: 60_000,
      labels: [],
      session: 'iteration',
      tls,
      data: {},
    };
  }
  const { wdir, targets, requestTimeoutMs, labels, session, tls, data } = readFile(root);
  const { ca, verify } = tls;
  const ways = Object.entries(data).map(([name, { file, ...use }]) => [
    name,
    { ...use, path: join(root, wdir, file) },
  ]);
  return {
    root,
    target: env.MARTEAU_TARGET ?? targets[0],
    requestTimeoutMs,
    labels,
    session,
    tls: {
      rejectUnauthorized: verify,
      ca: ca === null ? undefined : readFileSync(join(root, wdir, ca), 'utf8'),
    },
    data: Object.fromEntries(ways),
  };
}

function folderOfFile(folder: string): string | null {
  if (existsSync(join(folder, '.marteau.yml'))) return folder;
  const above = dirname(folder);
  return above === folder ? null : folderOfFile(above);
}

function readFile(root: string): ResolvedFile {
  const written = parseFile(readFileSync(join(root, '.marteau.yml')));
  if (!written.file) throw new Error(renderProblems(written.problems));
  const { file, problems } = resolveFile(written.file);
  if (!file) throw new Error(renderProblems(problems));
  return file;
}
