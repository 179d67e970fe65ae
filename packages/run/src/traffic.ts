import { join } from 'node:path';
import {
  BadRows,
  parseTraffic,
  type ResolvedFile,
  tableText,
  trafficFiles,
  withTraffic,
} from '@marteau/file';
import { readForeignFile } from '@marteau/launch';
import { MarteauError } from '@marteau/shared';

const MOST_BYTES = 1 << 20;

/**
 * The file with the traffic that it names.
 * @param folder of the project, absolute
 * @throws MarteauError traffic-unusable, timeout-short
 */
export async function readTraffic(folder: string, file: ResolvedFile): Promise<ResolvedFile> {
  const read = trafficFiles(file).map(
    async (name) => [name, await minutesIn(folder, file.wdir, name)] as const,
  );
  const minutes = new Map(await Promise.all(read));
  return withTraffic(file, (name) => minutes.get(name)!);
}

async function minutesIn(folder: string, wdir: string, name: string): Promise<number[]> {
  const unusable = (why: string) => new MarteauError('traffic-unusable', { file: name, why });
  const bytes = await readForeignFile(join(folder, wdir, name), MOST_BYTES, folder).catch(
    (error: Error) => error,
  );
  if (bytes instanceof Error) throw unusable(`it ${bytes.message}`);
  if (bytes === null) throw unusable('there is no such file');
  try {
    return parseTraffic(tableText(bytes));
  } catch (error) {
    if (error instanceof BadRows) throw unusable(error.message);
    throw error;
  }
}
