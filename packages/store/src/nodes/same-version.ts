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
 * Refuses a worker beside live ones of a version that is too far away, of Marteau (0.1 beside 0.3) or of Node (24 beside
 * 26): one run is measured by several nodes, and what they hand over has to fit. A version of Marteau works beside the one
 * before it, so that machines can be brought to another one by one.
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
    const misfit = parts.find((one) => !fits(theirs[one.name], versions[one.name], one.numbers));
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

/** Of one number it has to be the same; of two, the second may be the next or the one before. */
function fits(a: string, b: string, numbers: number): boolean {
  const [[major, minor], [otherMajor, otherMinor]] = [numbersOf(a), numbersOf(b)];
  return major === otherMajor && (numbers === 1 || Math.abs(minor - otherMinor) <= 1);
}

function numbersOf(version: string): [number, number] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return [major, minor];
}
