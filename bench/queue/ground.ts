import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisServer } from '@marteau/launch';
import { openStore, type Store } from '@marteau/store';

export const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A Redis and a folder of its own. */
export interface Ground extends AsyncDisposable {
  redisUrl: string;
  dataFolder: string;
  open(kind: 'web' | 'worker'): Promise<Store>;
}

export async function openGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'marteau-bench-'));
  const redis = await startRedisServer({ folder: join(folder, 'redis') });
  const dataFolder = join(folder, 'data');
  return {
    redisUrl: redis.url,
    dataFolder,
    open: (kind) => openStore({ redisUrl: redis.url, dataFolder, log: silent, clientName: 'bench', kind }),
    async [Symbol.asyncDispose]() {
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
