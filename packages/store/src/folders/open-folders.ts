import { hostname } from 'node:os';
import { createDiskFolders } from './disk-folders.ts';
import { createDiskTrees } from './disk-trees.ts';
import { makeFolderId, readFolderId } from './folder-id.ts';
import type { Folders } from './folders.ts';
import type { BucketAddress } from './s3/address.ts';
import type { Trees } from './trees.ts';

/** Where runs and trees are kept. */
export interface Places {
  folders: Folders;
  trees: Trees;
  /** For people, where these are: 'the folder /srv/marteau of web-1', 's3://load-tests/marteau'. */
  name: string;
  /** Tells this place from others, on every machine; null while it has no mark yet. */
  id(): Promise<string | null>;
  /** The same, and marks the place. */
  makeId(): Promise<string>;
  close(): void;
}

/**
 * Opens the folders: of a bucket where one is named, else of the data folder.
 * @throws 'bucket-missing', 'bucket-forbidden', 'bucket-elsewhere', 'bucket-full', 'bucket-unreachable'
 */
export async function openFolders(dataFolder: string, address: BucketAddress | null): Promise<Places> {
  if (address) {
    // Loaded where it is used: it is large, and most installations have no bucket.
    const { openS3Places } = await import('./s3/open-s3-places.ts');
    return openS3Places(address);
  }
  return {
    folders: createDiskFolders(`${dataFolder}/runs`),
    trees: createDiskTrees(`${dataFolder}/trees`),
    name: `the folder ${dataFolder} of ${hostname()}`,
    id: () => readFolderId(dataFolder),
    makeId: () => makeFolderId(dataFolder),
    close() {},
  };
}
