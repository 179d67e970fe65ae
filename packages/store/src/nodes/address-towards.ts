import { isLoopback } from '@marteau/net';
import type { Redis } from 'ioredis';

/**
 * This machine's address on the way to Redis: others that reach the same Redis mostly reach us by it. A Redis on this
 * machine, where all nodes may be, is reached by loopback.
 */
export function addressTowards({ stream }: Pick<Redis, 'stream'>): string {
  const { localAddress = '' } = (stream ?? {}) as { localAddress?: string };
  const address = localAddress.replace(/^::ffff:/i, '');
  return address === '' || isLoopback(address) ? '127.0.0.1' : address;
}
