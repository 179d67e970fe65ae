import { BlockList, isIP } from 'node:net';
import { MarteauError } from '@marteau/shared';

type Network = readonly [address: string, prefix: number];

/** Where a cloud tells a machine who it is, with its keys. */
export const METADATA = 'a metadata address of a cloud';

/** The special networks of IANA's registries that are not the public internet, by what they are to a person. */
const kinds: Record<string, readonly Network[]> = {
  'a loopback address': [
    ['127.0.0.0', 8],
    ['::1', 128],
  ],
  [METADATA]: [
    ['169.254.169.254', 32],
    ['169.254.170.2', 32],
    ['169.254.170.23', 32],
    ['168.63.129.16', 32],
    ['100.100.100.200', 32],
    ['192.0.0.192', 32],
    ['fd00:ec2::254', 128],
    ['fd00:ec2::23', 128],
    ['fd20:ce::254', 128],
  ],
  'a link-local address': [
    ['169.254.0.0', 16],
    ['fe80::', 10],
  ],
  'a private address': [
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['100.64.0.0', 10],
    ['fc00::', 7],
    ['fec0::', 10],
  ],
  'a reserved address': [
    ['0.0.0.0', 8],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ],
};

/** Where clouds tell a machine who it is, and hand out its keys. */
export const metadataAddresses: readonly string[] = kinds[METADATA]!.map(([address]) => address);

const blockLists = Object.entries(kinds).map(([kind, networks]) => {
  const list = new BlockList();
  for (const [address, prefix] of networks) list.addSubnet(address, prefix, family(address));
  return { kind, list };
});

const publicV6 = new BlockList();
publicV6.addSubnet('2000::', 3, 'ipv6');

/** Inside 2000::/3, but not hosts of the internet: Teredo and its neighbours, documentation. */
const reservedV6 = new BlockList();
reservedV6.addSubnet('2001::', 23, 'ipv6');
reservedV6.addSubnet('2001:db8::', 32, 'ipv6');
reservedV6.addSubnet('3fff::', 20, 'ipv6');

/** What an IP address is when it is not one of the public internet, for instance "a private address"; else null. */
export function addressKind(address: string): string | null {
  const embedded = embeddedV4(address);
  if (embedded) return addressKind(embedded);
  const found = blockLists.find(({ list }) => list.check(address, family(address)));
  if (found) return found.kind;
  const isPublic =
    isIP(address) === 4 || (publicV6.check(address, 'ipv6') && !reservedV6.check(address, 'ipv6'));
  return isPublic ? null : 'a reserved address';
}

/** The IPv4 address that an IPv6 one stands for: mapped, compatible, NAT64 or 6to4. */
function embeddedV4(address: string): string | null {
  if (isIP(address) !== 6) return null;
  const groups = ipv6Groups(address);
  const at = (index: number): string => {
    const [high, low] = [groups[index]!, groups[index + 1]!];
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  };
  const startsWith = (...wanted: number[]): boolean =>
    wanted.every((group, index) => groups[index] === group);
  if (startsWith(0x2002)) return at(1);
  if (startsWith(0x64, 0xff9b, 0, 0, 0, 0)) return at(6);
  if (startsWith(0, 0, 0, 0, 0, 0xffff)) return at(6);
  if (startsWith(0, 0, 0, 0, 0xffff, 0)) return at(6);
  const isCompatible = startsWith(0, 0, 0, 0, 0, 0) && groups[6] !== 0;
  return isCompatible ? at(6) : null;
}

/** The eight groups of an IPv6 address, as numbers. */
export function ipv6Groups(address: string): number[] {
  const plain = address.replace(/%.*$/, '');
  const canonical = new URL(`http://[${plain}]`).hostname.slice(1, -1); // turns a dotted tail into groups
  const [head = '', tail] = canonical.split('::');
  const groups = (part: string): number[] =>
    part ? part.split(':').map((group) => Number.parseInt(group, 16)) : [];
  if (tail === undefined) return groups(head);
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array.from({ length: missing }, () => 0), ...groups(tail)];
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

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
