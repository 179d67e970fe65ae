import { join } from 'node:path';
import type { PartialFile, ResolvedFile, Runner } from '@marteau/file';
import { readForeignFile } from '@marteau/launch';
import { runnerOfScript } from '@marteau/tools';

const MOST_SCRIPT_BYTES = 4 << 20;

/**
 * Who runs the script of a file, by what stands in the script; undefined where the file says it itself, or nothing tells.
 * @param folder of the project, absolute
 */
export async function foundRunner(folder: string, file: PartialFile): Promise<Runner | undefined> {
  const { script, wdir = '.', runner, command } = file;
  if (runner !== undefined || command !== undefined || script === undefined) return undefined;
  const text = await readScript(folder, join(folder, wdir, script));
  return text === '' ? undefined : runnerOfScript(script, text);
}

/** The text of a file's script; empty where there is none that can be read. */
export function scriptText(
  folder: string,
  { wdir, script }: Pick<ResolvedFile, 'wdir' | 'script'>,
): Promise<string> {
  return script === '' ? Promise.resolve('') : readScript(folder, join(folder, wdir, script));
}

async function readScript(folder: string, path: string): Promise<string> {
  const bytes = await readForeignFile(path, MOST_SCRIPT_BYTES, folder).catch(() => null);
  return bytes?.toString('utf8') ?? '';
}
