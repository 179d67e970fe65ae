import { isMarteauError } from '@marteau/shared';
import {
  type DataFolderLock,
  lockDataFolder,
  openStore,
  type ServerSettings,
  type Store,
} from '@marteau/store';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** The Marteau that a command is about: its store, or its folder, which nobody has meanwhile. */
export interface Living extends AsyncDisposable {
  /** Null where Redis does not answer and nobody runs on the data folder. */
  store: Store | null;
}

/**
 * Reaches Redis, or takes the data folder where nobody runs on it.
 * @throws 'data-folder-locked' for a Marteau that runs and whose Redis is not the one of the settings; 'bucket-…'
 */
export async function reachLiving(settings: ServerSettings): Promise<Living> {
  const { redisUrl, dataFolder, bucket } = settings;
  const store = await openStore({
    redisUrl,
    dataFolder,
    bucket,
    log: silent,
    clientName: 'admin',
    kind: 'admin',
  });
  try {
    await store.ping();
    return { store, [Symbol.asyncDispose]: () => store.close() };
  } catch (error) {
    await store.close();
    if (!isMarteauError(error, 'store-unavailable')) throw error;
  }
  const lock: DataFolderLock = await lockDataFolder(dataFolder);
  return { store: null, [Symbol.asyncDispose]: () => lock.release() };
}
