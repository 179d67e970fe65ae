import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileChoices, parseFile, type ResolvedFile, renderProblems, resolveFile } from '@marteau/file';
import { foundRunner, readTraffic } from '@marteau/run';
import { isMarteauError } from '@marteau/shared';
import { checkNamedFiles } from '@marteau/source';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

/** A folder's `.marteau.yml`, ready to run; or every mistake, as lines for a console. */
export type Project =
  | { text: string; file: ResolvedFile; problems: null; exitCode: null }
  | { file: null; problems: string; exitCode: ExitCode };

/** Reads the `.marteau.yml` of a folder, with a profile and overrides applied. Never throws for what it holds. */
export async function readProject(folder: string, choices: FileChoices = {}): Promise<Project> {
  const bytes = await readFile(join(folder, '.marteau.yml')).catch((error: NodeJS.ErrnoException) => error);
  if (bytes instanceof Error) return wrong(cannotRead(folder, bytes));
  const written = parseFile(bytes);
  if (!written.file) return wrong(renderProblems(written.problems));
  const found = await foundRunner(folder, written.file);
  const resolved = resolveFile(written.file, { ...choices, ...(found && { found }) });
  // The file alone was right, so what is wrong is what was chosen.
  if (!resolved.file) return wrong(renderProblems(resolved.problems), exitCodes.usage);
  try {
    await checkNamedFiles(folder, resolved.file);
    const file = await readTraffic(folder, resolved.file);
    return { text: bytes.toString('utf8'), file, problems: null, exitCode: null };
  } catch (error) {
    if (isMarteauError(error)) return wrong(error.message);
    throw error;
  }
}

function cannotRead(folder: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `There is no .marteau.yml in ${folder}. \`marteau init\` writes one.`;
  return `.marteau.yml in ${folder} cannot be read: ${message}.`;
}

function wrong(problems: string, exitCode: ExitCode = exitCodes.file): Project {
  return { file: null, problems, exitCode };
}
