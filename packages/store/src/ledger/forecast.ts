import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** So many runs ahead are looked at; beyond them the forecast goes on as up to there. */
const AHEAD = 50;

/** About how long a run at this position waits until it starts, ms; null when nothing is known of those ahead. */
export type Forecast = (position: number) => number | null;

/** From how long runs of the same projects took (a moving mean). */
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
    const left = took === null ? null : Math.max(0, took - (startedAt ? clock.now() - startedAt : 0));
    return { took: left, demand };
  });
  const line = load.slice(running.length);
  return (position) => {
    const known = [...begun, ...line.slice(0, position - 1)].flatMap(({ took }) => took ?? []);
    if (!known.length) return begun.length + position - 1 > 0 ? null : 0;
    const mean = known.reduce((sum, ms) => sum + ms, 0) / known.length;
    const starts = startsOf(nodes, begun, line, mean);
    const last = starts.at(-1) ?? 0;
    return Math.round(starts[position - 1] ?? (last * position) / starts.length);
  };
}

/** When each run of the line starts, ms from now: in its order, on as many nodes as it asks for, all at once. */
function startsOf(nodes: number, begun: readonly Work[], line: readonly Work[], mean: number): number[] {
  const free = new Array<number>(nodes).fill(0);
  const take = ({ took, demand }: Work, notBefore: number): number => {
    const count = Math.min(demand, nodes);
    free.sort((a, b) => a - b);
    const start = Math.max(notBefore, free[count - 1]!);
    free.fill(start + (took ?? mean), 0, count);
    return start;
  };
  for (const run of begun) take(run, 0);
  let before = 0;
  return line.map((run) => {
    before = take(run, before);
    return before;
  });
}

interface Work {
  /** ms that it takes from its start, or still takes; null when not known */
  took: number | null;
  demand: number;
}

/** Nodes that generate load and are alive: one that only prepares works nothing off. */
async function countGenerators({ redis, clock }: Pick<Context, 'redis' | 'clock'>): Promise<number> {
  return onRedis(async () => {
    const names = await redis.smembers(redisKeys.nodes());
    const nodes = await Promise.all(names.map((name) => redis.hmget(redisKeys.node(name), 'load', 'lease')));
    return nodes.filter(([load, lease]) => load === '1' && Number(lease) > clock.now()).length;
  });
}

interface Load extends Work {
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
