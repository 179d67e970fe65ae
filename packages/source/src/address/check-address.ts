import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type AllowedHosts, addressKind, parseAllowedHosts } from '@marteau/net';
import { MarteauError } from '@marteau/shared';
import { type ParsedAddress, parseAddress } from './parse-address.ts';

/** Resolves a host's name to all of its addresses; rejects or gives none when there is no such host. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface AddressPolicy {
  /** MARTEAU_ALLOW_PRIVATE: also file, http, loopback and private addresses. */
  readonly allowPrivate?: boolean;
  /** MARTEAU_ALLOW_HOSTS, read by `parseAllowedHosts`. */
  readonly allowHosts?: AllowedHosts;
  readonly resolve?: Resolve;
}

/** A repository's address that may be connected to. Hold it only as long as one fetch: names change their addresses. */
export interface CheckedAddress extends ParsedAddress {
  /** The addresses that git is held to; empty where the host is an address itself, or a file. */
  readonly addresses: readonly string[];
  /** Whether it was not looked at closely, because it may be anything. */
  readonly trusted: boolean;
}

const noHosts = parseAllowedHosts('');

/**
 * Reads a repository's address and looks its host up: all of its addresses have to be public ones, or allowed.
 * @throws MarteauError address-*, host-unknown
 */
export async function checkAddress(typed: string, policy: AddressPolicy = {}): Promise<CheckedAddress> {
  const { allowPrivate = false, allowHosts = noHosts, resolve = resolveAll } = policy;
  const address = parseAddress(typed);
  const { protocol, host } = address;
  if (protocol === 'file') {
    if (!allowPrivate) throw new MarteauError('address-file', {});
    return { ...address, addresses: [], trusted: true };
  }
  const isLiteral = isIP(host) !== 0;
  const trusted = allowPrivate || allowHosts.hasName(host);
  const addresses = isLiteral ? [host] : await resolveOrRefuse(resolve, host);
  if (!trusted) {
    for (const one of addresses) {
      if (allowHosts.hasAddress(one)) continue;
      const kind = addressKind(one);
      if (kind) throw new MarteauError('address-private', { host, address: one, kind });
    }
    if (protocol === 'http' && !addresses.every(allowHosts.hasAddress))
      throw new MarteauError('address-http', { host });
  }
  return { ...address, addresses: isLiteral ? [] : addresses, trusted };
}

async function resolveOrRefuse(resolve: Resolve, host: string): Promise<readonly string[]> {
  const addresses = await resolve(host).catch(() => []);
  if (addresses.length === 0 || !addresses.every((address) => isIP(address))) {
    throw new MarteauError('host-unknown', { host });
  }
  return addresses;
}

async function resolveAll(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
