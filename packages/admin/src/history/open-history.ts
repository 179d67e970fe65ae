import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MarteauError } from '@marteau/shared';
import { openFolders, openShelf, parseBucketAddress } from '@marteau/store';
import { newestBackup } from '../backup/manifest.ts';
import { backupHistory } from './backup-history.ts';
import { dataFolderHistory } from './data-folder.ts';
import type { History } from './history.ts';

/**
 * Opens another Marteau's history: a back-up, a data folder, or the bucket of one. Nothing is written there.
 * @param place a path, or s3://…
 * @throws 'history-missing', 'bad-bucket-address', 'bucket-…', 'backup-newer'
 */
export async function openHistory(cwd: string, place: string, say: (line: string) => void): Promise<History> {
  const address = place.startsWith('s3://') ? parseBucketAddress(place) : null;
  const path = resolve(cwd, place);
  const shelf = await openShelf(address ?? path);
  const backup = await newestBackup(shelf, say);
  if (backup !== null) return backupHistory(shelf, backup, say);
  shelf.close();
  const isDataFolder = address !== null || (await stat(join(path, 'runs')).catch(() => null))?.isDirectory();
  if (!isDataFolder) throw new MarteauError('history-missing', { place });
  const places = await openFolders(path, address);
  if (address !== null && (await places.folders.list()).length === 0) {
    places.close();
    throw new MarteauError('history-missing', { place });
  }
  return dataFolderHistory(places);
}
