import type { Redis } from 'ioredis';
import type { Log } from '../store.ts';
import { onRedis } from './store-error.ts';

/** Settings with which Redis may lose the queue, as INFO names them. */
const settings = [
  {
    isWrong: (info: string) => /^aof_enabled:0\b/m.test(info),
    sentence:
      'Redis runs with appendonly no: when it ends, what waits in the queue may be lost. Set appendonly yes.',
  },
  {
    isWrong: (info: string) => /^maxmemory_policy:(?!noeviction\b)\w/m.test(info),
    sentence:
      'Redis runs with a maxmemory-policy that throws keys away, and these are the queue. Set maxmemory-policy noeviction.',
  },
];

/** How Redis is set up otherwise than a queue needs it, each a sentence. */
export async function redisWarnings(redis: Redis): Promise<string[]> {
  const info = await onRedis(() => redis.info()).catch((error: Error) => {
    if (/^NOPERM|unknown command/.test(error.message)) return ''; // a managed one may not let us ask
    throw error;
  });
  return settings.filter(({ isWrong }) => isWrong(info)).map(({ sentence }) => sentence);
}

/** Logs each of them once. */
export function redisWarner(redis: Redis, log: Log): () => Promise<void> {
  const told = new Set<string>();
  return async () => {
    for (const sentence of await redisWarnings(redis)) {
      if (!told.has(sentence)) log.warn({}, sentence);
      told.add(sentence);
    }
  };
}
