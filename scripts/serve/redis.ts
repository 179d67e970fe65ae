import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedisServer } from '@marteau/launch';

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
  // On loopback every user of the machine could reach it.
  const password = randomBytes(18).toString('base64url');
  const folder = join(dataFolder, 'redis');
  let server = await startRedisServer({ folder, password });
  const { port, url } = server;
  const stopping = new AbortController();

  const keep = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const { sentence } = await server.exited;
      if (stopping.signal.aborted) return;
      show(`${sentence}. It is started again in 1 s.`);
      await sleep(1000, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      try {
        server = await startRedisServer({ folder, password, port });
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
    },
  };
}
