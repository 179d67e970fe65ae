/** Addresses of a network, and ports of them. */
export interface EgressRule {
  /** CIDR or a single address, IPv4 or IPv6. */
  readonly network: string;
  /** Null: any. */
  readonly ports: readonly [from: number, to: number] | null;
}

/** What one may reach: `never` goes before `allowed`. What is in neither, one may not. */
export interface EgressPolicy {
  readonly never: readonly EgressRule[];
  readonly allowed: readonly EgressRule[];
}
