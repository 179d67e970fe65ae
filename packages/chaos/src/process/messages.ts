import type { Tally } from '../outputs/tally.ts';
import type { ProxyOptions } from '../proxy/chaos-proxy.ts';

/** The first line that a process of proxies reads; any further one asks for the faults of the last moments. */
export interface ToProcess {
  proxies: ProxyOptions[];
  /** Of its control server. */
  token: string;
}

/** A line that it writes: where everything is, why it is not, or what was hit since the last such line. */
export type FromProcess =
  | { control: string; addresses: Record<string, string> }
  | { failed: string }
  | { faults: Tally[] }
  | { flushed: true };
