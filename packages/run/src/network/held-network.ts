import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Compartment, EgressLimit, EgressRule } from '@marteau/launch';
import {
  type Allowed,
  isLoopback,
  metadataAddresses,
  parseAllowedHosts,
  parseHostAndPort,
} from '@marteau/net';
import { formatBytes, MarteauError } from '@marteau/shared';

/** What an operator says of the network that runs may reach. */
export interface NetworkRules {
  /** Where no run goes, as `host:port`: Redis, the web, the mail server. */
  readonly never: readonly string[];
  /** Where packages come from, as `host:port`: reached while installing, and by `setup` of an app. */
  readonly registries: readonly string[];
  /** What the operator lets runs reach. */
  readonly allowed: Allowed;
}

const LOOK_EVERY_MS = 5000;

type Rule = Pick<EgressRule, 'network' | 'limit'> & { readonly ports: readonly [number, number] };

/**
 * Holds what the programs of a compartment may reach to named places, while their names may come to mean other
 * addresses. Names mean inside what they mean here: nothing else is resolved there.
 */
export class HeldNetwork implements AsyncDisposable {
  readonly #compartment: Compartment;
  readonly #rules: NetworkRules;
  readonly #ofFile = new Set<string>();
  readonly #ours = new Map<string, number>();
  /** By place, each address that it has had since, as `address port`: a name may mean one of many by turns. */
  readonly #closed = new Map<string, Set<string>>();
  /** Each that was closed at some time, as `address port`. */
  readonly #everClosed = new Set<string>();
  readonly #limits = new Map<string, EgressLimit>();
  readonly #looking = setInterval(() => void this.#look().catch(() => {}), LOOK_EVERY_MS).unref();
  readonly #told = new Set<string>();

  constructor(compartment: Compartment, rules: NetworkRules) {
    this.#compartment = compartment;
    this.#rules = rules;
  }

  /**
   * Lets the file's own places be reached, as `host:port`, as far as the operator allows.
   * @param limits how much may go to some of them
   * @throws MarteauError target-denied
   */
  async allowOfFile(
    places: readonly string[],
    limits: Readonly<Record<string, EgressLimit>> = {},
  ): Promise<void> {
    for (const place of places) await this.#check(place);
    for (const [place, limit] of Object.entries(limits)) this.#limits.set(place, limit);
    for (const place of places) this.#ofFile.add(place);
    await this.#look();
  }

  /** Lets others be reached, that Marteau itself names. @returns what takes it back */
  async allow(places: readonly string[]): Promise<() => Promise<void>> {
    const add = (count: number) => {
      for (const place of places) this.#ours.set(place, (this.#ours.get(place) ?? 0) + count);
      return this.#look();
    };
    await add(1);
    return () => add(-1);
  }

  /** The same for where packages come from. */
  allowRegistries(): Promise<() => Promise<void>> {
    return this.allow(this.#rules.registries);
  }

  /**
   * Takes places of the file back, by whatever name and address: what leads there from now on is one of `allow`.
   * @returns what gives them back
   */
  async close(places: readonly string[]): Promise<() => Promise<void>> {
    for (const place of places) this.#closed.set(place, new Set());
    await this.#look();
    return () => {
      for (const place of places) this.#closed.delete(place);
      return this.#look();
    };
  }

  /** What was refused since the last time, a sentence for each place. */
  async refusals(): Promise<string[]> {
    const isNever = isAmong(this.#forbidden);
    const refused = (await this.#compartment.refused()).filter(({ address, port }) => {
      const key = `${address} ${port}`;
      return !this.#told.has(key) && this.#told.add(key);
    });
    return refused.map(({ address, port, protocol, count }) => {
      const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
      const times = ['once', 'twice'][count - 1] ?? `${count} times`;
      const what = `A program of the run tried to reach ${place} (${protocol.toUpperCase()}, ${times}) and was refused`;
      if (isNever(address, port)) return `${what}: no run may go there.`;
      return this.#everClosed.has(`${address} ${port}`)
        ? `${what}: what goes there is measured by Marteau’s proxy, at MARTEAU_TARGET or by HTTP_PROXY.`
        : `${what}. To allow it, write network: ["${place}"] into .marteau.yml.`;
    });
  }

  /** Which limits of places held, a sentence for each. */
  async limited(): Promise<string[]> {
    const all = [...this.#limits];
    const traffic = await this.#compartment.limited();
    return traffic.flatMap(({ limit, ...kept }) => {
      const [place, { connects, open, bytes }] = all[limit]!;
      const what = [
        ...(kept.connects > 0
          ? [`${kept.connects} of its connections were refused, as more than ${connects} a second were made`]
          : []),
        ...(kept.open > 0
          ? [`${kept.open} of its connections were refused, as more than ${open} were open`]
          : []),
        ...(kept.packets > 0
          ? [`packets were sent later, as more than ${formatBytes(bytes!)} a second were sent`]
          : []),
      ];
      return what.length > 0 ? [`The limits of ${place} held the run: ${what.join('; ')}.`] : [];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#looking);
  }

  #forbidden: readonly Rule[] = [];

  async #check(place: string): Promise<void> {
    const { host } = read(place);
    const addresses = await addressesOf(host);
    if (!addresses.every((address) => this.#rules.allowed(address, host)))
      throw new MarteauError('target-denied', { place });
  }

  #looked: Promise<void> = Promise.resolve();

  /** One after the other: a look that began earlier must not undo a later one. */
  #look(): Promise<void> {
    this.#looked = this.#looked.catch(() => {}).then(() => this.#lookNow());
    return this.#looked;
  }

  async #lookNow(): Promise<void> {
    const { never, allowed: isAllowed } = this.#rules;
    const hosts: Record<string, readonly string[]> = {};
    const allowed: Rule[] = [];
    const ours = [...this.#ours].flatMap(([place, count]) => (count > 0 ? place : []));
    // Once for each name: what was closed must not be found open under another address.
    const found = new Map<string, Promise<string[]>>();
    const addressesNow = (host: string): Promise<string[]> => {
      if (!found.has(host)) found.set(host, addressesOf(host));
      return found.get(host)!;
    };
    for (const [place, sockets] of this.#closed) {
      const { host, port } = read(place);
      for (const address of await addressesNow(host)) {
        sockets.add(`${address} ${port}`);
        this.#everClosed.add(`${address} ${port}`);
      }
    }
    const closed = new Set([...this.#closed.values()].flatMap((sockets) => [...sockets]));
    for (const place of new Set([...this.#ofFile, ...ours])) {
      const { host, port } = read(place);
      const isOurs = ours.includes(place);
      const addresses = (await addressesNow(host)).filter((address) => isOurs || isAllowed(address, host));
      if (isIP(host) === 0 && !isLoopback(host)) hosts[host] = addresses;
      const open = isOurs ? addresses : addresses.filter((address) => !closed.has(`${address} ${port}`));
      const limit = [...this.#limits.keys()].indexOf(place);
      const limited = limit < 0 ? {} : { limit };
      allowed.push(...open.map((network) => ({ network, ports: [port, port] as const, ...limited })));
    }
    this.#forbidden = [
      ...metadataAddresses.map((network) => ({ network, ports: [0, 65_535] as const })),
      ...(await Promise.all(never.map(forbid))).flat(),
    ];
    const limits = [...this.#limits.values()];
    await this.#compartment.reach({ never: this.#forbidden, allowed, limits, hosts });
  }
}

/** Whether a rule is of this address and port. */
function isAmong(rules: readonly Rule[]): (address: string, port: number) => boolean {
  const lists = rules.map(({ network, ports }) => ({ hosts: parseAllowedHosts(network), ports }));
  return (address, port) =>
    lists.some(({ hosts, ports: [from, to] }) => port >= from && port <= to && hosts.hasAddress(address));
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
