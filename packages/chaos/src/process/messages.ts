import type { ProxyOptions } from '../proxy/chaos-proxy.ts';

export interface ProxyOrder {
  readonly proxies: readonly ProxyOptions[];
  /** Of the control server. */
  readonly token: string;
}

export interface ProxiesBegun {
  /** The URL of the control server. */
  readonly control: string;
  /** The address of each, by name. */
  readonly addresses: Readonly<Record<string, string>>;
}
