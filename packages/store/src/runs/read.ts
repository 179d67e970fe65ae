import { type Delivery, isMarteauError, RUN_ID_PATTERN, type Run } from '@marteau/shared';
import type { Redis } from 'ioredis';
import { readDeliveries } from '../deliveries/deliveries.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import type { Log } from '../store.ts';
import type { EndedRuns } from './ended-runs.ts';
import { ENDED } from './ended-states.ts';
import { type RunHash, readRun } from './record.ts';
import { isOfOneRecord } from './run-json.ts';

/** Reads records, wherever they are: live ones in their hash, ended ones in their folder. */
export interface RunReader {
  /** Null when there is none. @throws as readRunJson */
  one(id: string): Promise<Run | null>;
  /** Unknown ids are left out; so are records that cannot be read, which the log names. */
  many(ids: readonly string[]): Promise<Run[]>;
}

interface Indexed {
  hash: RunHash;
  deliveries: Delivery[];
  hasEnded: boolean;
}

/** A bucket answers many questions in the time of one. */
const AT_ONCE = 16;

export function createRunReader(redis: Redis, ended: EndedRuns, log: Log): RunReader {
  const look = (ids: readonly string[]): Promise<Indexed[]> =>
    onRedis(async () => {
      const pipeline = redis.pipeline();
      for (const state of ENDED) pipeline.zmscore(redisKeys.state(state), ...ids);
      for (const id of ids) pipeline.hgetall(redisKeys.run(id)).hgetall(redisKeys.mails(id));
      const answers = (await pipeline.exec()) ?? [];
      for (const [error] of answers) if (error) throw error;
      const values = answers.map(([, value]) => value);
      const scores = values.slice(0, ENDED.length) as (string | null)[][];
      return ids.map((_, i) => ({
        hash: values[ENDED.length + 2 * i] as RunHash,
        deliveries: readDeliveries(values[ENDED.length + 2 * i + 1] as Record<string, string>),
        hasEnded: scores.some((list) => list[i] !== null),
      }));
    });

  const assemble = async (id: string, { hash, deliveries, hasEnded }: Indexed): Promise<Run | null> => {
    if (hash.state) return readRun(id, hash, deliveries);
    const run = hasEnded ? await ended.read(id) : null;
    return run && { ...run, ...(deliveries.length > 0 && { deliveries }) };
  };

  return {
    async one(id) {
      if (!RUN_ID_PATTERN.test(id)) return null;
      try {
        return await assemble(id, (await look([id]))[0]!);
      } catch (error) {
        // What has ended can be read also while Redis is away.
        const run = isMarteauError(error, 'store-unavailable') ? await ended.read(id) : null;
        if (run) return run;
        throw error;
      }
    },
    async many(ids) {
      if (!ids.length) return [];
      const found = await look(ids);
      const runs: (Run | null)[] = [];
      for (let from = 0; from < ids.length; from += AT_ONCE)
        runs.push(
          ...(await Promise.all(
            found.slice(from, from + AT_ONCE).map(async (indexed, i) => {
              const id = ids[from + i]!;
              try {
                return await assemble(id, indexed);
              } catch (error) {
                if (!isOfOneRecord(error)) throw error;
                log.warn({ run: id }, error.message);
                return null;
              }
            }),
          )),
        );
      return runs.filter((run) => run !== null);
    },
  };
}
