import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FileProblem,
  type MarteauFile,
  type ParsedFile,
  parseFileOffThread,
  type ResolvedFile,
  type Runner,
  renderProblems,
  resolveFile,
} from '@marteau/file';
import { foundRunner, type RunConsole, readTraffic } from '@marteau/run';
import { MarteauError, type Run } from '@marteau/shared';
import { checkNamedFiles, checkPackages, type FetchedSource, nearMarteauFile } from '@marteau/source';
import type { Named } from './told-of.ts';

export const FILE = '.marteau.yml';
const MOST_BYTES = 32 * 1024;
const MOST_IN_REASON = 3;

/**
 * Reads and checks `.marteau.yml` of a fetched project, with the run's profile and overrides, and that what it names
 * is there. Every mistake goes to the console at once.
 * @param named whom the file names, as soon as that is known, though the rest of it may be wrong
 * @returns the file as it will run, and its text
 * @throws MarteauError file-*, overrides-wrong, marteau-file-*, wdir-missing, script-missing, data-missing, traffic-unusable,
 * timeout-short, package-outside
 */
export async function readProject(
  source: FetchedSource,
  run: Run,
  console: Pick<RunConsole, 'say'>,
  named: (named: Named) => void = () => {},
): Promise<{ file: ResolvedFile; text: string }> {
  const bytes = await readFileBytes(source);
  const file = await readProjectFile(bytes, run, console, {
    find: (file) => foundRunner(source.dir, file),
    named,
  });
  await checkNamedFiles(source.dir, file, source);
  await checkPackages(source.dir, file.wdir);
  return { file: await readTraffic(source.dir, file), text: bytes.toString('utf8') };
}

/**
 * A file as it will run, from its text. A script that is only tried takes one node.
 * @param find who runs its script, where the file does not say @param named whom it names
 * @throws MarteauError file-wrong, overrides-wrong
 */
export async function readProjectFile(
  bytes: Buffer,
  { kind, profile, overrides }: Run,
  console: Pick<RunConsole, 'say'>,
  {
    find,
    named = () => {},
  }: { find: (file: MarteauFile) => Promise<Runner | undefined>; named?: (named: Named) => void },
): Promise<ResolvedFile> {
  const parsed: ParsedFile = await parseFileOffThread(bytes);
  named({ email: [parsed.file === null ? (parsed.email ?? []) : (parsed.file.email ?? [])].flat() });
  if (parsed.file === null) throw wrong('file-wrong', parsed.problems, console);
  const found = await find(parsed.file);
  const { file, problems } = resolveFile(parsed.file, {
    profile,
    overrides,
    ...(found && { found }),
  });
  if (file === null) throw wrong('overrides-wrong', problems, console);
  named(file);
  return kind === 'once' ? { ...file, nodes: { ...file.nodes, count: 1 } } : file;
}

async function readFileBytes({ dir, symlinks, commit }: FetchedSource): Promise<Buffer> {
  if (symlinks.includes(FILE)) throw new MarteauError('marteau-file-symlink', {});
  const path = join(dir, FILE);
  const found = await stat(path).catch(() => null);
  if (!found) throw new MarteauError('file-missing', { commit, near: await nearFile(dir) });
  if (!found.isFile()) throw new MarteauError('marteau-file-folder', {});
  if (found.size > MOST_BYTES) throw new MarteauError('marteau-file-too-large', { limit: '32 KB' });
  return readFile(path);
}

function wrong(
  code: 'file-wrong' | 'overrides-wrong',
  problems: readonly FileProblem[],
  console: Pick<RunConsole, 'say'>,
): MarteauError {
  console.say(renderProblems(problems));
  const first = problems.slice(0, MOST_IN_REASON).map(({ line, what, fix }) => {
    const place = line === null ? '' : `line ${line}: `;
    return `${place}${what} (${fix})`;
  });
  const more = problems.length - first.length;
  const list = [...first, ...(more > 0 ? [`and ${more} more, which the console lists`] : [])].join('; ');
  return new MarteauError(code, { count: problems.length, list });
}

async function nearFile(folder: string): Promise<string> {
  return nearMarteauFile(await readdir(folder, { recursive: true })) ?? '';
}
