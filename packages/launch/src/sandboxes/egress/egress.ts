import { isDeepStrictEqual } from 'node:util';
import { readMap } from './bpf.ts';
import { get, Hands } from './hands.ts';
import { LIMIT_BYTES, LIMITS, type LimitedTraffic, MOST_LIMITS, readLimited } from './limits.ts';
import type { EgressLimit, EgressPolicy } from './policy.ts';
import {
  attachJudges,
  attachMarkers,
  type Judges,
  judgesOf,
  loadJudges,
  prepare,
  prepareLimits,
  writeLimits,
} from './programs.ts';
import {
  COUNT_BYTES,
  KEY_BYTES,
  MOST_REFUSALS,
  REFUSALS,
  type RefusedConnection,
  readRefusals,
} from './refusals.ts';

export type { LimitedTraffic } from './limits.ts';
export type { EgressPolicy, EgressRule } from './policy.ts';
export type { RefusedConnection } from './refusals.ts';
export { whyNoEgress } from './why-no-egress.ts';

const KEY_OF_ARRAY_BYTES = 4;

/** What the programs of one cgroup may reach. The kernel sees to it, also after our end, until the cgroup is removed. */
export interface Egress extends AsyncDisposable {
  /** Holds once it resolves; what is connected stays so. @throws RangeError for a rule that is none, or above 500 */
  set(policy: EgressPolicy): Promise<void>;
  /** What was refused since the start: the latest 1,024 or so. */
  refused(): Promise<RefusedConnection[]>;
  /** What limits have kept back since the start, by their numbers. */
  limited(): Promise<LimitedTraffic[]>;
}

/**
 * Puts a policy into force for the sockets that are made in a cgroup from now on, where they connect and where they
 * send without a connection: what is connected costs nothing. What the cgroup itself listens on, at addresses of this
 * machine, is always allowed, unless `never` refuses it, as it then refuses to listen there. Sockets other than of TCP, UDP and MPTCP cannot be made.
 * Closing it takes nothing out of force.
 * @param cgroup absolute path of a folder of a cgroup2 hierarchy that the caller made, and removes afterwards
 * @throws RangeError as `set`; Error with the words of the kernel when it does not take a program
 */
export async function openEgress(cgroup: string, policy: EgressPolicy): Promise<Egress> {
  const judges = judgesOf(policy);
  const hands = new Hands();
  try {
    const limits = policy.limits ?? [];
    await hands.doAll([
      ...prepare(cgroup),
      ...(limits.length > 0 ? [...prepareLimits(), ...writeLimits(limits, 0)] : []),
      ...loadJudges(judges, 0),
    ]);
    await hands.doAll([...attachMarkers(), ...attachJudges(0)]);
  } catch (error) {
    await hands[Symbol.asyncDispose]();
    throw error;
  }
  return new KernelEgress(hands, judges, policy.limits?.length ?? 0);
}

class KernelEgress implements Egress {
  readonly #hands: Hands;
  #judges: Judges;
  #version = 0;
  /** How many limits the kernel knows. */
  #limits: number;
  #lastChange: Promise<void> = Promise.resolve();

  constructor(hands: Hands, judges: Judges, limits: number) {
    this.#hands = hands;
    this.#judges = judges;
    this.#limits = limits;
  }

  set(policy: EgressPolicy): Promise<void> {
    const change = this.#lastChange.then(() => this.#change(judgesOf(policy), policy.limits ?? []));
    this.#lastChange = change.catch(() => {}); // told to who asked for it
    return change;
  }

  async #change(judges: Judges, limits: readonly EgressLimit[]): Promise<void> {
    if (limits.length > this.#limits) {
      if (this.#limits === 0) await this.#hands.doAll(prepareLimits());
      await this.#hands.doAll(writeLimits(limits, this.#limits));
      this.#limits = limits.length;
    }
    if (isDeepStrictEqual(judges, this.#judges)) return;
    await this.#hands.doAll(loadJudges(judges, this.#version + 1));
    await this.#hands.doAll(attachJudges(this.#version + 1));
    this.#judges = judges;
    this.#version++;
  }

  async refused(): Promise<RefusedConnection[]> {
    const [, attributes, keys, counts] = await this.#hands.do([
      ...readMap('read', REFUSALS, KEY_BYTES, COUNT_BYTES, MOST_REFUSALS),
      ...['read.attributes', 'read.keys', 'read.values'].map(get),
    ]);
    const [head, ...entries] = [attributes!, keys!, counts!].map((hex) => Buffer.from(hex, 'hex'));
    return readRefusals(entries[0]!, entries[1]!, head!.readUInt32LE(32));
  }

  async limited(): Promise<LimitedTraffic[]> {
    if (this.#limits === 0) return [];
    const [, hex] = await this.#hands.do([
      ...readMap('looked', LIMITS, KEY_OF_ARRAY_BYTES, LIMIT_BYTES, MOST_LIMITS),
      get('looked.values'),
    ]);
    return readLimited(Buffer.from(hex!, 'hex'), this.#limits);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#hands[Symbol.asyncDispose]();
  }
}
