import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type EffectiveFile,
  effectiveFile,
  type FileChoices,
  parseFile,
  renderProblems,
} from '@marteau/shared';

/** A folder's `.marteau.yml`, ready to run; or every mistake, as lines for a console. */
export type Project =
  | { text: string; file: EffectiveFile; problems: null }
  | { file: null; problems: string };

/** Reads the `.marteau.yml` of a folder, with a profile and overrides applied. Never throws for what it holds. */
export async function readProject(folder: string, choices: FileChoices = {}): Promise<Project> {
  const bytes = await readFile(join(folder, '.marteau.yml')).catch((error: NodeJS.ErrnoException) => error);
  if (bytes instanceof Error) return wrong(cannotRead(folder, bytes));
  const written = parseFile(bytes);
  if (!written.file) return wrong(renderProblems(written.problems));
  const effective = effectiveFile(written.file, choices);
  if (!effective.file) return wrong(renderProblems(effective.problems));
  const missing = await missingScript(folder, effective.file);
  return missing ? wrong(missing) : { text: bytes.toString('utf8'), file: effective.file, problems: null };
}

async function missingScript(folder: string, { wdir, script }: EffectiveFile): Promise<string | null> {
  return access(join(folder, wdir, script)).then(
    () => null,
    () =>
      `.marteau.yml names the script ${script}, and there is no such file in ${wdir === '.' ? folder : join(folder, wdir)}.`,
  );
}

function cannotRead(folder: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `There is no .marteau.yml in ${folder}. \`marteau init\` writes one.`;
  return `.marteau.yml in ${folder} cannot be read: ${message}.`;
}

function wrong(problems: string): Project {
  return { file: null, problems };
}
