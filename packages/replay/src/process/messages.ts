import type { Counts, StandInOptions } from '../standin/options.ts';

/** What a process of stand-ins is to start; none of it but what JSON can say. */
export type NamedStandIn = { name: string } & Pick<
  StandInOptions,
  'mode' | 'file' | 'server' | 'latency' | 'headers' | 'unmatched'
>;

/** The first line that the process reads; any further one asks what happened so far. */
export interface ToProcess {
  standIns: readonly NamedStandIn[];
}

export interface StandInAddress {
  url: string;
  /** Files with the certificates that clients by HTTPS have to trust; null where only HTTP is answered. */
  trust: { cert: string; bundle: string } | null;
}

/** What happened at a stand-in. */
export interface StandInTally extends Counts {
  name: string;
  /** The first things that a person has to know, each once. */
  sentences: readonly string[];
}

/** A line that it writes. */
export type FromProcess =
  | { addresses: Record<string, StandInAddress>; notes: readonly string[] }
  | { failed: string }
  | { tallies: readonly StandInTally[] };
