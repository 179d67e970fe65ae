import { MarteauError, redisKeys } from '@marteau/shared';
import type { NodeSpec } from '../api/nodes.ts';
import type { Context } from '../context.ts';
import { onRedis } from '../redis/store-error.ts';

/**
 * Refuses a worker beside live ones of another version: one run is measured by several nodes, and what they hand over
 * has to fit. The last part of a version changes nothing about that.
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
    const theirs = (JSON.parse(spec) as NodeSpec).versions.marteau;
    if (series(theirs) !== series(versions.marteau))
      throw new MarteauError('node-version', { version: versions.marteau, others: theirs, node: other });
  }
}

/** '0.1.7' → '0.1' */
function series(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
