import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** So many runs ahead are looked at; beyond them the forecast goes on as up to there. */
const AHEAD = 50;
/** Of how long runs of its project take, what is left at least of one that takes longer. */
const LEAST_LEFT = 0.1;

/** About how long a run at this position waits until it starts, ms; null when nothing is known of those ahead. */
export type Forecast = (position: number) => number | null;

/** From how long runs of the same projects took (a moving mean). */
export async function createForecast({ redis, clock, rules }: Context): Promise<Forecast> {
  const [running, waiting] = await onRedis(() =>
    Promise.all([
      redis.zrange(redisKeys.state('running'), '0', String(AHEAD - 1)),
      redis.zrange(redisKeys.queue(), '0', String(AHEAD - 1)),
    ]),
  );
  const load = await readLoad(redis, [...running, ...waiting]);
  const nodes = await countGenerators({ redis, clock });
  if (!nodes || !load.length) return () => null;

  const begun = load.slice(0, running.length).map(({ took, startedAt, ...run }) => {
    const past = startedAt ? clock.now() - startedAt : 0;
    return { ...run, took: took === null ? null : Math.max(took * LEAST_LEFT, took - past) };
  });
  const line = load.slice(running.length);
  return (position) => {
    const known = [...begun, ...line.slice(0, position - 1)].flatMap(({ took }) => took ?? []);
    if (!known.length) return begun.length + position - 1 > 0 ? null : 0;
    const mean = known.reduce((sum, ms) => sum + ms, 0) / known.length;
    const starts = startsOf(begun, line, { nodes, mean, perSubmitter: rules.perSubmitter });
    const last = Math.max(0, ...starts);
    return Math.round(starts[position - 1] ?? (last * position) / starts.length);
  };
}

interface Limits {
  nodes: number;
  /** For runs of which it is not known how long they take, ms. */
  mean: number;
  perSubmitter: number | null;
}

/**
 * When each run of the line starts, ms from now, as the ledger would have it: in its order, on as many nodes as it asks
 * for, all at once; one that waits for its target or for its submitter's limit lets the others pass.
 */
function startsOf(
  begun: readonly Work[],
  line: readonly Work[],
  { nodes, mean, perSubmitter }: Limits,
): number[] {
  const nodesOf = (run: Work) => Math.min(run.demand, nodes);
  const lengthOf = (run: Work) => run.took ?? mean;
  const starts = new Array<number>(line.length);
  let going = begun.map((run) => ({ run, end: lengthOf(run) }));
  let pending = line.map((run, i) => ({ run, i }));
  let now = 0;
  for (;;) {
    let free = nodes - going.reduce((sum, { run }) => sum + nodesOf(run), 0);
    const left: typeof pending = [];
    for (const one of pending) {
      const others = going.map(({ run }) => run);
      const own = others.filter(({ submitter }) => submitter === one.run.submitter).length;
      const isBlocked = own >= (perSubmitter ?? Number.POSITIVE_INFINITY);
      const ahead = left.map(({ run }) => run);
      if (isBlocked || [...others, ...ahead].some((other) => hitTheSame(one.run, other))) left.push(one);
      else if (free < nodesOf(one.run)) {
        left.push(one);
        free = 0; // it keeps what is free from those behind it
      } else {
        starts[one.i] = now;
        free -= nodesOf(one.run);
        going.push({ run: one.run, end: now + lengthOf(one.run) });
      }
    }
    pending = left;
    if (pending.length === 0 || going.length === 0) return starts;
    now = Math.min(...going.map(({ end }) => end));
    going = going.filter(({ end }) => end > now);
  }
}

/** Whether two runs may not run at once, because of a target that one of them does not share. */
function hitTheSame(a: Work, b: Work): boolean {
  return !(a.shared && b.shared) && a.targets.some((target) => b.targets.includes(target));
}

interface Work {
  /** ms that it takes from its start, or still takes; null when not known */
  took: number | null;
  demand: number;
  targets: readonly string[];
  shared: boolean;
  submitter: string;
}

/** Nodes that generate load now: one that only prepares, or is switched off, works nothing off. */
async function countGenerators({ redis, clock }: Pick<Context, 'redis' | 'clock'>): Promise<number> {
  return onRedis(async () => {
    const names = await redis.smembers(redisKeys.nodes());
    const nodes = await Promise.all(
      names.map((name) => redis.hmget(redisKeys.node(name), 'load', 'lease', 'enabled', 'draining', 'slot')),
    );
    return nodes.filter(([load, lease, enabled, draining, slot]) => {
      const isOn = (enabled === '1' && draining === '0') || slot;
      return load === '1' && Number(lease) > clock.now() && isOn;
    }).length;
  });
}

interface Load extends Work {
  startedAt: number | null;
}

async function readLoad(redis: Context['redis'], ids: string[]): Promise<Load[]> {
  if (!ids.length) return [];
  return onRedis(async () => {
    const runs = await Promise.all(
      ids.map((id) =>
        redis.hmget(
          redisKeys.run(id),
          ...['project', 'nodes', 'startedAt', 'lockTarget', 'shared', 'submitter'],
        ),
      ),
    );
    const took = await redis.hmget(redisKeys.durations(), ...runs.map(([project]) => project ?? ''));
    return runs.map(([, demand, startedAt, targets, shared, submitter], i) => ({
      took: took[i] ? Number(took[i]) : null,
      demand: Number(demand ?? 1),
      startedAt: startedAt ? Number(startedAt) : null,
      targets: targets?.split(' ').filter(Boolean) ?? [],
      shared: shared === '1',
      submitter: submitter ?? '',
    }));
  });
}
