export interface EgressRule {
  readonly network: string;
  readonly ports: readonly [from: number, to: number] | null;
}
export interface EgressPolicy {
  readonly never: readonly EgressRule[];
  readonly allowed: readonly EgressRule[];
}
export interface RefusedConnection {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly count: number;
}
export interface Egress extends AsyncDisposable {
  set(policy: EgressPolicy): Promise<void>;
  refused(): Promise<RefusedConnection[]>;
}
export async function openEgress(_cgroup: string, _policy: EgressPolicy): Promise<Egress> {
  return { async set() {}, refused: async () => [], async [Symbol.asyncDispose]() {} };
}
export function whyNoEgress(): string | null {
  return null;
}
