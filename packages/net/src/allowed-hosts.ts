import { BlockList, isIP } from 'node:net';
import { MarteauError } from '@marteau/shared';

/** The internal git hosts that a server may clone from: by name, or by the network that their addresses are in. */
export interface AllowedHosts {
  hasName(host: string): boolean;
  hasAddress(address: string): boolean;
}

/**
 * Reads `MARTEAU_ALLOW_HOSTS`: names (`git.example.com`, `*.example.com`), addresses and networks (`10.0.0.0/8`),
 * with commas or blanks between.
 * @throws MarteauError allowed-hosts-wrong
 */
export function parseAllowedHosts(text: string): AllowedHosts {
  const names = new Set<string>();
  const suffixes: string[] = [];
  const networks = new BlockList();
  for (const entry of text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)) {
    const [address = '', prefix] = entry.replace(/[[\]]/g, '').split('/');
    if (isIP(address)) addNetwork(networks, address, prefix, entry);
    else if (/^\*(\.[a-z0-9_-]+)+$/.test(entry)) suffixes.push(entry.slice(1));
    else if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(entry)) names.add(entry);
    else throw new MarteauError('allowed-hosts-wrong', { entry });
  }
  return {
    hasName: (host) => names.has(host) || suffixes.some((suffix) => host.endsWith(suffix)),
    hasAddress: (address) => networks.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6'),
  };
}

function addNetwork(networks: BlockList, address: string, prefix: string | undefined, entry: string): void {
  const bits = isIP(address) === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (!/^\d+$/.test(prefix ?? '0') || length > bits) throw new MarteauError('allowed-hosts-wrong', { entry });
  networks.addSubnet(address, length, bits === 32 ? 'ipv4' : 'ipv6');
}
