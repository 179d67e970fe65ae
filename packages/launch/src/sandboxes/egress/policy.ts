/** Addresses of a network, and ports of them. */
export interface EgressRule {
  /** CIDR or a single address, IPv4 or IPv6. */
  readonly network: string;
  /** Null: any. */
  readonly ports: readonly [from: number, to: number] | null;
  /** Of what is allowed: the number of the limit that it shares with others. */
  readonly limit?: number;
}

/** How much goes to all places that share it; null where it does not matter. */
export interface EgressLimit {
  /** Connections that are made, or others sent to, per second. */
  readonly connects: number | null;
  /** Connections that are open at once. */
  readonly open: number | null;
  /** Bytes that are sent, per second. */
  readonly bytes: number | null;
}

/** What one may reach: `never` goes before `allowed`. What is in neither, one may not. */
export interface EgressPolicy {
  readonly never: readonly EgressRule[];
  readonly allowed: readonly EgressRule[];
  /** At most 64. A later policy has those of an earlier one as they were, and may have more. */
  readonly limits?: readonly EgressLimit[];
}
