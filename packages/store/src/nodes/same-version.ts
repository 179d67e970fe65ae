import { MarteauError } from '@marteau/shared';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import type { NodeSpec } from './node.ts';

/** Which parts have to fit, and how many numbers of their versions. */
const parts = [
  { part: 'Marteau', name: 'marteau', numbers: 2 },
  { part: 'Node.js', name: 'node', numbers: 1 },
] as const;

/**
 * Refuses a worker beside live ones of another version, of Marteau (0.1 beside 0.2) or of Node (24 beside 26): one run is
 * measured by several nodes, and what they hand over has to fit. The later numbers change nothing about that.
 * @throws MarteauError 'node-version'
 */
export async function requireSameVersion(
  { redis, clock }: Context,
  { name, versions }: Pick<NodeSpec, 'name' | 'versions'>,
): Promise<void> {
  const names = await onRedis(() => redis.smembers(redisKeys.nodes()));
  for (const other of names) {
    const [spec, lease] = await onRedis(() => redis.hmget(redisKeys.node(other), 'spec', 'lease'));
    if (other === name || !spec || Number(lease) <= clock.now()) continue;
    const theirs = (JSON.parse(spec) as NodeSpec).versions;
    const misfit = parts.find(
      (one) => series(theirs[one.name], one.numbers) !== series(versions[one.name], one.numbers),
    );
    if (misfit)
      throw new MarteauError('node-version', {
        part: misfit.part,
        version: versions[misfit.name],
        others: theirs[misfit.name],
        node: other,
        numbers: misfit.numbers,
      });
  }
}

/** '0.1.7', 2 → '0.1' */
function series(version: string, numbers: number): string {
  return version.split('.').slice(0, numbers).join('.');
}
