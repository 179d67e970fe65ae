import { type Delivery, isMarteauError, RUN_ID_PATTERN, type Run, readRunEntry } from '@marteau/shared';
import type { Redis } from 'ioredis';
import { readDeliveries } from '../deliveries/deliveries.ts';
import type { Folders } from '../folders/folders.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import type { Past } from './past.ts';
import { type RunHash, readRun } from './record.ts';
import { readRunJson } from './run-json.ts';

/** Reads records, wherever they are: live ones in their hash, ended ones in their entry or their folder. */
export interface RunReader {
  /** In full; null when there is none. */
  one(id: string): Promise<Run | null>;
  /** As lists show them: long parts of ended runs may be cut. Unknown ids are left out. */
  many(ids: readonly string[]): Promise<Run[]>;
}

export function createRunReader(redis: Redis, folders: Folders): RunReader {
  const read = (ids: readonly string[]) =>
    onRedis(async () => {
      const pipeline = redis.pipeline();
      for (const id of ids)
        pipeline.hgetall(redisKeys.run(id)).get(redisKeys.past(id)).hgetall(redisKeys.mails(id));
      const answers = (await pipeline.exec()) ?? [];
      for (const [error] of answers) if (error) throw error;
      return ids.map((id, i) => {
        const [hash, past, deliveries] = answers.slice(3 * i, 3 * i + 3).map(([, value]) => value);
        return assemble(
          id,
          hash as RunHash,
          past as string | null,
          readDeliveries(deliveries as Record<string, string>),
        );
      });
    });

  /** What has ended can be read from its folder, also while Redis is away. */
  const readOrFallBack = async (id: string): Promise<Past | null> => {
    if (!RUN_ID_PATTERN.test(id)) return null;
    try {
      return (await read([id]))[0] ?? null;
    } catch (error) {
      const ended = isMarteauError(error, 'store-unavailable') ? await readRunJson(folders, id) : null;
      if (ended) return ended;
      throw error;
    }
  };

  return {
    async one(id) {
      const found = await readOrFallBack(id);
      if (!found?.cut) return found;
      const full = await readRunJson(folders, id);
      // a run.json that is gone leaves what the index has
      const { cut: _, ...rest } = found;
      return full
        ? { ...full, deliveries: rest.deliveries.length ? rest.deliveries : full.deliveries }
        : rest;
    },
    async many(ids) {
      if (!ids.length) return [];
      return (await read(ids)).filter((run) => run !== null).map(({ cut: _, ...run }) => run);
    },
  };
}

function assemble(id: string, hash: RunHash, past: string | null, deliveries: Delivery[]): Past | null {
  if (hash.state) return readRun(id, hash, deliveries);
  if (!past) return null;
  const run: Past = readRunEntry(past, id);
  return deliveries.length ? { ...run, deliveries } : run;
}
