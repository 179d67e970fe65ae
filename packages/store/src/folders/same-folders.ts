import { randomUUID } from 'node:crypto';
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

/** A web that has not said for so long that it is there is not. */
const THERE_MS = 6000;
const SAY_MS = 2000;

/**
 * Says from now on that a web is there, with its folders: two webs of one Redis with two folders would each find half of
 * the runs. A web that was just killed, or moves, is waited for.
 * @throws MarteauError 'servers-apart' while another one is there that keeps runs elsewhere
 */
export async function standAsServer(context: Context): Promise<{ leave(): Promise<void> }> {
  const { redis, places, clock } = context;
  const mine = `${await places.makeId()} ${randomUUID()}`;
  const key = redisKeys.webs();
  const say = async (): Promise<void> => void (await redis.zadd(key, clock.now() + THERE_MS, mine));
  if (redis.status === 'ready')
    for (const until = performance.now() + THERE_MS + SAY_MS; ; ) {
      const there = await onRedis(() => redis.zrangebyscore(key, clock.now(), '+inf'));
      if (there.every((one) => one.split(' ')[0] === mine.split(' ')[0])) break;
      if (performance.now() > until) {
        const server = (await claimed(redis))?.name ?? 'another folder';
        throw new MarteauError('servers-apart', { server, own: places.name });
      }
      await sleep(LOOK_MS);
    }
  // While Redis is away it is said when it is back.
  if (redis.status === 'ready') await say().catch(() => {});
  const timer = setInterval(() => {
    if (redis.status !== 'ready') return;
    const tidy = redis.zremrangebyscore(key, '-inf', clock.now());
    context.background(Promise.all([say(), tidy]), {}, 'could not say that this web is there');
  }, SAY_MS);
  timer.unref();
  return {
    async leave() {
      clearInterval(timer);
      if (redis.status === 'ready') await redis.zrem(key, mine).catch(() => {});
    },
  };
}

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
