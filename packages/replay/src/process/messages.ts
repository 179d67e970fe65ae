import type { Counts, StandInOptions } from '../standin/options.ts';

/** What a process of stand-ins is to start; none of it but what JSON can say. */
export type NamedStandIn = { name: string } & Pick<
  StandInOptions,
  'mode' | 'file' | 'server' | 'listen' | 'latency' | 'headers' | 'unmatched'
>;

export interface StandInAddress {
  url: string;
  /** Files with the certificates that clients by HTTPS have to trust; null where only HTTP is answered. */
  trust: { cert: string; bundle: string } | null;
}

export interface StandInsBegun {
  /** Where each is, by name. */
  readonly addresses: Readonly<Record<string, StandInAddress>>;
  /** What their readers had to say about the tapes. */
  readonly notes: readonly string[];
}

/** What happened at a stand-in so far. */
export interface StandInTally extends Counts {
  name: string;
  /** The first things that a person has to know, each once. */
  sentences: readonly string[];
}
