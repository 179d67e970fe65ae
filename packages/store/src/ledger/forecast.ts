import { redisKeys } from '@marteau/shared';
import type { Context } from '../context.ts';
import { onRedis } from '../redis/store-error.ts';

/** So many runs ahead are looked at; beyond them the forecast goes on at their mean. */
const AHEAD = 50;

/** About how long a run at this position waits until it starts, ms; null when nothing is known of those ahead. */
export type Forecast = (position: number) => number | null;

/**
 * From how long runs of the same projects took (a moving mean): all nodes work off what is running and what is ahead,
 * each run on as many nodes as it asks for.
 */
export async function createForecast({ redis, clock }: Context): Promise<Forecast> {
  const [running, waiting] = await onRedis(() =>
    Promise.all([
      redis.zrange(redisKeys.state('running'), '0', String(AHEAD - 1)),
      redis.zrange(redisKeys.queue(), '0', String(AHEAD - 1)),
    ]),
  );
  const load = await readLoad(redis, [...running, ...waiting]);
  const nodes = await countGenerators({ redis, clock });
  if (!nodes || !load.length) return () => null;

  const begun = load.slice(0, running.length).map(({ took, demand, startedAt }) => {
    if (took === null) return null;
    return demand * Math.max(0, took - (startedAt ? clock.now() - startedAt : 0));
  });
  const ahead = load.slice(running.length).map(({ took, demand }) => (took === null ? null : took * demand));
  return (position) => {
    const work = [...begun, ...ahead.slice(0, position - 1)];
    const known = work.filter((ms) => ms !== null);
    if (!known.length) return work.length ? null : 0;
    const mean = known.reduce((sum, ms) => sum + ms, 0) / known.length;
    const total = mean * (begun.length + position - 1);
    return Math.round(total / nodes);
  };
}

/** Nodes that generate load and are alive: a desk works nothing off. */
async function countGenerators({ redis, clock }: Pick<Context, 'redis' | 'clock'>): Promise<number> {
  return onRedis(async () => {
    const names = await redis.smembers(redisKeys.nodes());
    const nodes = await Promise.all(names.map((name) => redis.hmget(redisKeys.node(name), 'load', 'lease')));
    return nodes.filter(([load, lease]) => load === '1' && Number(lease) > clock.now()).length;
  });
}

interface Load {
  took: number | null;
  demand: number;
  startedAt: number | null;
}

async function readLoad(redis: Context['redis'], ids: string[]): Promise<Load[]> {
  if (!ids.length) return [];
  return onRedis(async () => {
    const runs = await Promise.all(
      ids.map((id) => redis.hmget(redisKeys.run(id), 'project', 'nodes', 'startedAt')),
    );
    const took = await redis.hmget(redisKeys.durations(), ...runs.map(([project]) => project ?? ''));
    return runs.map(([, demand, startedAt], i) => ({
      took: took[i] ? Number(took[i]) : null,
      demand: Number(demand ?? 1),
      startedAt: startedAt ? Number(startedAt) : null,
    }));
  });
}
