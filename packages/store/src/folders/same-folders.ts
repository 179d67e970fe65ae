import { setTimeout as sleep } from 'node:timers/promises';
import { MarteauError } from '@marteau/shared';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** Where the server keeps runs and trees, as Redis has it. */
interface Claimed {
  id: string;
  /** For people: 'the folder /srv/marteau of web-1'. */
  name: string;
}

/** A server that starts on another folder than the last one has said so by then. */
const PATIENCE_MS = 5000;
const LOOK_MS = 200;

/** The server tells where runs and trees are kept: all workers have to have the same. */
export async function claimFolders({ redis, places, log }: Context): Promise<void> {
  const mine: Claimed = { id: await places.makeId(), name: places.name };
  const before = await claimed(redis);
  await onRedis(() => redis.set(redisKeys.folders(), JSON.stringify(mine)));
  if (before && before.id !== mine.id)
    log.warn({ before: before.name, now: mine.name }, 'runs are kept elsewhere than before');
}

/**
 * Refuses a worker that keeps runs and trees elsewhere than the server, as soon as one has said where.
 * @throws MarteauError 'folders-elsewhere'
 */
export async function requireSameFolders({ redis, places }: Context): Promise<void> {
  for (const until = performance.now() + PATIENCE_MS; ; ) {
    const server = await claimed(redis);
    if (server === null || server.id === (await places.id())) return;
    if (performance.now() > until)
      throw new MarteauError('folders-elsewhere', { server: server.name, own: places.name });
    await sleep(LOOK_MS);
  }
}

async function claimed(redis: Context['redis']): Promise<Claimed | null> {
  const json = await onRedis(() => redis.get(redisKeys.folders()));
  return json === null ? null : (JSON.parse(json) as Claimed);
}
