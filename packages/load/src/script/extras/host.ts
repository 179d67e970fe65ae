import type { MetricKind, MetricUnit } from '@marteau/measure';

/** A message and what answers it. */
export interface RoundTrip {
  /** @param isAnswered whether the answer has come just now, and not the end of the waiting */
  end(isAnswered: boolean): void;
}

/** What the extras do their work with: a user under load, or a process that runs the tests by hand. */
export interface Host {
  /** From 0, over all nodes. */
  readonly user: number;
  /** Of the user's iterations, from 0. */
  readonly iteration: number;
  /** The row of a data set that belongs to the iteration or the user. */
  row(name: string): unknown;
  think(ms: number): Promise<void>;
  /**
   * Counts the requests that `work` makes under a name of the script's choice.
   * @param kind where the work is itself a request, of that kind
   */
  labelled<T>(name: string, work: () => T, kind?: string): T;
  /** @param value as MetricTally takes it */
  add(kind: MetricKind, name: string, unit: MetricUnit, value: number): void;
  /** Something was sent on a socket, and an answer to it is awaited from now on. */
  roundTrip(socket: object): RoundTrip;
  /** Resolves with the ms until the pong, with null where the end comes first; null of what is no socket. */
  ping(socket: object): Promise<number | null> | null;
  /** A check did not hold. @param stack of the script's line */
  failed(check: string, stack: string): void;
}

/** Who is running; null outside of any test or hook. */
type HostNow = () => Host | null;

let now: HostNow = () => null;

export function setHost(hostNow: HostNow): void {
  now = hostNow;
}

export const hostNow: HostNow = () => now();

/** @throws Error that says where the extra belongs */
export function hostFor(extra: string): Host {
  const host = now();
  if (!host)
    throw new Error(`${extra} of marteau belongs into a test or a hook: outside of them there is no user`);
  return host;
}
