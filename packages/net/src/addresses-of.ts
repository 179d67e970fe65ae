import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isLoopback } from './host-port.ts';

/** The IP addresses that hosts have now, each once; none of what has none. Loopback is everybody's own, and left out. */
export async function addressesOf(hosts: readonly string[]): Promise<string[]> {
  const all = await Promise.all(
    hosts.map(async (host) => {
      const plain = host.replace(/^\[(.*)\]$/, '$1');
      if (isIP(plain) !== 0) return [plain];
      return (await lookup(plain, { all: true }).catch(() => [])).map(({ address }) => address);
    }),
  );
  return [...new Set(all.flat())].filter((address) => !isLoopback(address));
}
