import { join } from 'node:path';
import type { PartialFile, Runner } from '@marteau/file';
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
  const bytes = await readForeignFile(join(folder, wdir, script), MOST_SCRIPT_BYTES, folder).catch(
    () => null,
  );
  return bytes === null ? undefined : runnerOfScript(script, bytes.toString('utf8'));
}
