import type { Context } from '../context.ts';
import { redisKeys } from './keys.ts';
import { onRedis } from './store-error.ts';
import { redisWarnings } from './warnings.ts';

/** How Redis and this machine stand to each other. */
export interface Health {
  /** '8.2.1'; '' where it does not say */
  version: string;
  /** How it is set up otherwise than a queue needs it, each a sentence. */
  warnings: string[];
  /** bytes; `maxMemory` is null where it may take as much as there is */
  usedMemory: number;
  maxMemory: number | null;
  /** This machine's clock minus Redis's, ms. */
  clockOffset: number;
  /** Where runs are kept here; and by the server, null where none has said so yet. */
  folders: { own: string; server: string | null; isSame: boolean };
}

/** See Store.health. */
export async function lookAtHealth({ redis, clock, places }: Context): Promise<Health> {
  const { offset } = await clock.measure();
  const info = await onRedis(() => redis.info()).catch(() => '');
  const said = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';
  const json = await onRedis(() => redis.get(redisKeys.folders()));
  const server = json === null ? null : (JSON.parse(json) as { id: string; name: string });
  return {
    version: said('redis_version'),
    warnings: await redisWarnings(redis),
    usedMemory: Number(said('used_memory')),
    maxMemory: Number(said('maxmemory')) || null,
    clockOffset: offset,
    folders: {
      own: places.name,
      server: server?.name ?? null,
      isSame: server === null || server.id === (await places.id()),
    },
  };
}
