import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGoneProcess, openWorkFolder, startRedisServer, sweepWorkFolders } from '@marteau/launch';

/** The queue's Redis. */
interface ServiceRedis {
  url: string;
  stop(): Promise<void>;
}

/**
 * The Redis that `REDIS_URL` names, which is left alone, or one of our own in the data folder, which is started again
 * when it dies and stopped at the end.
 */
export async function openRedis(
  redisUrl: string | undefined,
  dataFolder: string,
  show: (line: string) => void,
): Promise<ServiceRedis> {
  if (redisUrl) return { url: redisUrl, stop: async () => {} };
  // In a folder of its own, which nobody else of the machine may enter and no script sees; the path of a socket is short.
  await sweepWorkFolders('redis', isGoneProcess);
  const home = await openWorkFolder('redis', process.pid);
  const [folder, socket] = [join(dataFolder, 'redis'), join(home.path, 's')];
  let server = await startRedisServer({ folder, socket });
  const { url } = server;
  // For `npm run admin` from another shell.
  const address = join(dataFolder, 'redis.url');
  await writeFile(address, url, { mode: 0o600 });
  const stopping = new AbortController();

  const keep = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const { sentence } = await server.exited;
      if (stopping.signal.aborted) return;
      show(`${sentence}. It is started again in 1 s.`);
      await sleep(1000, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      try {
        server = await startRedisServer({ folder, socket });
      } catch (error) {
        show((error as Error).message);
      }
    }
  };
  const kept = keep();
  return {
    url,
    async stop() {
      stopping.abort();
      await server.stop();
      await kept;
      await rm(address, { force: true });
      await home[Symbol.asyncDispose]();
    },
  };
}
