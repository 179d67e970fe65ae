import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../store.ts';
import { within } from './within.ts';

/** How long a call of a web may take, so that a page can say that Redis is away. */
export const COMMAND_TIMEOUT_MS = 2000;

export interface ConnectionOptions {
  redisUrl: string;
  clientName: string;
  log: Log;
}

/** Quickly at first, at least once a second for ever. */
const retryStrategy = (times: number): number => Math.min(50 * 2 ** Math.min(times, 6), 1000);

/** Fails at once when Redis is away, and resends nothing later. */
export const impatient: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  commandTimeout: COMMAND_TIMEOUT_MS,
};

/** Waits until Redis is back. */
export const patient: RedisOptions = { maxRetriesPerRequest: null };

/** Opens a connection that reconnects for ever and logs when Redis goes and when it comes back. */
export function connect(
  { redisUrl, clientName, log }: ConnectionOptions,
  purpose: string,
  options: RedisOptions,
): Redis {
  const redis = new Redis(redisUrl, {
    retryStrategy,
    connectTimeout: 2000,
    // a Redis that moved to a replica answers READONLY until we connect anew
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    connectionName: `marteau-${clientName}-${purpose}`,
    ...options,
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) log.warn({ purpose, err: error.message }, 'Redis does not answer; trying again until it does');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info({ purpose }, 'Redis is back');
    away = false;
  });
  return redis;
}

/** Ends a connection, politely when Redis is there. */
export async function disconnect(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await within(500, redis.quit());
  redis.disconnect();
}
