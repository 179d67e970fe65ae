import { type LookupAddress, lookup } from 'node:dns';
import { isIP } from 'node:net';

/** Asks the system for all addresses of a host. */
export type Look = (
  host: string,
  options: { all: true; order: 'ipv4first' },
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

type Found = (error: Error | null, addresses: readonly string[]) => void;

interface Entry {
  addresses: string[];
  /** ms of the clock. */
  until: number;
  turn: number;
}

/** Long enough not to ask for every connection, short enough to follow a target that moves. */
const KEEP_MS = 30_000;

/** Looks hosts up, each once in a while, and spreads connections over their addresses in turn. */
export class Resolver {
  readonly #now: () => number;
  readonly #look: Look;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Map<string, Found[]>();

  constructor(now: () => number, look: Look = lookup) {
    this.#now = now;
    this.#look = look;
  }

  /** Calls back with the addresses to try, in order; at once where they are known. */
  addresses(host: string, found: Found): void {
    const entry = this.#entries.get(host);
    if (isIP(host)) found(null, [host]);
    else if (entry && entry.until > this.#now()) found(null, inTurn(entry));
    else this.#ask(host, found);
  }

  /** An address took a connection: those of the other family, which may be no way at all, come after it. */
  worked(host: string, address: string): void {
    const entry = this.#entries.get(host);
    if (!entry || entry.addresses.length < 2) return;
    const family = isIP(address);
    const same = entry.addresses.filter((other) => isIP(other) === family);
    if (same.length < entry.addresses.length) entry.addresses = same;
  }

  /** An address did not take a connection, or not in time: it is left out for a while, where there are others. */
  failed(host: string, address: string): void {
    const entry = this.#entries.get(host);
    if (!entry || entry.addresses.length < 2) return;
    entry.addresses = entry.addresses.filter((other) => other !== address);
  }

  #ask(host: string, found: Found): void {
    const waiting = this.#waiting.get(host);
    if (waiting) {
      waiting.push(found);
      return;
    }
    this.#waiting.set(host, [found]);
    this.#look(host, { all: true, order: 'ipv4first' }, (error, all) =>
      this.#answer(host, error, byFamilyInTurn(all?.map(({ address }) => address) ?? [])),
    );
  }

  #answer(host: string, error: Error | null, addresses: string[]): void {
    const waiting = this.#waiting.get(host) ?? [];
    this.#waiting.delete(host);
    const entry = { addresses, until: this.#now() + KEEP_MS, turn: 0 };
    if (!error && addresses.length > 0) this.#entries.set(host, entry);
    for (const found of waiting) found(error, error ? [] : inTurn(entry));
  }
}

/** One family, then the other, so that one which is no way at all costs a moment only (RFC 8305, 4). */
function byFamilyInTurn(addresses: readonly string[]): string[] {
  const first = addresses.filter((address) => isIP(address) === isIP(addresses[0]!));
  const others = addresses.filter((address) => !first.includes(address));
  const longest = Math.max(first.length, others.length);
  return Array.from({ length: longest }, (_, i) => [first[i], others[i]])
    .flat()
    .filter((each) => each !== undefined);
}

function inTurn(entry: Entry): string[] {
  const { addresses } = entry;
  const first = entry.turn % addresses.length;
  entry.turn += 1;
  return first === 0 ? addresses : [...addresses.slice(first), ...addresses.slice(0, first)];
}
