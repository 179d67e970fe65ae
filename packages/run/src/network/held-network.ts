import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Compartment } from '@marteau/launch';
import { type AllowedHosts, isLoopback, metadataAddresses, parseHostAndPort } from '@marteau/net';
import { MarteauError } from '@marteau/shared';

/** What an operator says of the network that runs may reach. */
export interface NetworkRules {
  /** Where no run goes, as `host:port`: Redis, the web, the mail server. */
  readonly never: readonly string[];
  /** Hosts and networks where no run goes; none unless given. */
  readonly deny?: AllowedHosts | undefined;
  /** The hosts and networks that a file may name; all unless given. */
  readonly targets?: AllowedHosts | undefined;
  /** Where packages come from, as `host:port`: reached while installing, and by `setup` of an app. */
  readonly registries: readonly string[];
}

const LOOK_EVERY_MS = 5000;

type Rule = { readonly network: string; readonly ports: readonly [number, number] };

/**
 * Holds what the programs of a compartment may reach to named places, while their names may come to mean other
 * addresses. Names mean inside what they mean here: nothing else is resolved there.
 */
export class HeldNetwork implements AsyncDisposable {
  readonly #compartment: Compartment;
  readonly #rules: NetworkRules;
  readonly #places = new Map<string, number>();
  readonly #looking = setInterval(() => void this.#look().catch(() => {}), LOOK_EVERY_MS).unref();
  readonly #told = new Set<string>();

  constructor(compartment: Compartment, rules: NetworkRules) {
    this.#compartment = compartment;
    this.#rules = rules;
  }

  /**
   * Lets these be reached, too, as `host:port`. @returns what takes it back
   * @throws MarteauError target-denied
   */
  async allow(places: readonly string[]): Promise<() => Promise<void>> {
    for (const place of places) await this.#check(place);
    const add = (count: number) => {
      for (const place of places) this.#places.set(place, (this.#places.get(place) ?? 0) + count);
      return this.#look();
    };
    await add(1);
    return () => add(-1);
  }

  /** The same for where packages come from. */
  allowRegistries(): Promise<() => Promise<void>> {
    return this.allow(this.#rules.registries);
  }

  /** What was refused since the last time, a sentence for each place. */
  async refusals(): Promise<string[]> {
    const never = this.#forbidden.flatMap(({ network, ports }) =>
      ports[0] === ports[1] ? `${network} ${ports[0]}` : [],
    );
    const refused = (await this.#compartment.refused()).filter(({ address, port }) => {
      const key = `${address} ${port}`;
      return !this.#told.has(key) && this.#told.add(key);
    });
    return refused.map(({ address, port, protocol, count }) => {
      const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
      const times = count === 1 ? 'once' : `${count} times`;
      const what = `A program of the run tried to reach ${place} (${protocol.toUpperCase()}, ${times}) and was refused`;
      return never.includes(`${address} ${port}`) || metadataAddresses.includes(address)
        ? `${what}: no run may go there.`
        : `${what}. To allow it, write network: ["${place}"] into .marteau.yml.`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#looking);
  }

  #forbidden: readonly Rule[] = [];

  async #check(place: string): Promise<void> {
    const { deny, targets } = this.#rules;
    const host = hostOf(place);
    const isOf = (hosts: AllowedHosts, addresses: readonly string[]) =>
      hosts.hasName(host) ||
      (addresses.length > 0 && addresses.every((address) => hosts.hasAddress(address)));
    if (!deny && !targets) return;
    const addresses = await addressesOf(host);
    if (deny && (deny.hasName(host) || addresses.some((address) => deny.hasAddress(address))))
      throw new MarteauError('target-denied', { place, by: 'MARTEAU_DENY' });
    if (targets && !this.#rules.registries.includes(place) && !isOf(targets, addresses))
      throw new MarteauError('target-denied', { place, by: 'MARTEAU_TARGETS' });
  }

  async #look(): Promise<void> {
    const { never, deny } = this.#rules;
    const hosts: Record<string, readonly string[]> = {};
    const allowed: Rule[] = [];
    for (const [place, count] of this.#places) {
      if (count <= 0) continue;
      const { host, port } = read(place);
      const addresses = (await addressesOf(host)).filter((address) => !deny?.hasAddress(address));
      if (isIP(host) === 0 && !isLoopback(host)) hosts[host] = addresses;
      allowed.push(...addresses.map((network) => ({ network, ports: [port, port] as const })));
    }
    this.#forbidden = [
      ...metadataAddresses.map((network) => ({ network, ports: [0, 65_535] as const })),
      ...(await Promise.all(never.map(forbid))).flat(),
    ];
    await this.#compartment.reach({ never: this.#forbidden, allowed, hosts });
  }
}

/** A place of this machine is reached by every address of it. */
async function forbid(place: string): Promise<Rule[]> {
  const { host, port } = read(place);
  const addresses = await addressesOf(host);
  const own = ownAddresses();
  const all = addresses.some((address) => isLoopback(address) || own.includes(address))
    ? [...addresses, ...own, '127.0.0.0/8', '::1']
    : addresses;
  return [...new Set(all)].map((network) => ({ network, ports: [port, port] }));
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all = []) =>
    all.map(({ address }) => address.replace(/%.*/, '')),
  );
}

/** None where nothing answers: the name may come to mean something later. */
async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  if (isLoopback(host)) return ['127.0.0.1', '::1'];
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

function read(place: string): { host: string; port: number } {
  const { host, port } = parseHostAndPort(place)!;
  return { host: host!, port };
}

function hostOf(place: string): string {
  return read(place).host;
}
