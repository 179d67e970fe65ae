import type { ControlOptions } from '../control/server.ts';
import type { StatsdOptions } from '../outputs/statsd.ts';
import type { ProxyOptions } from '../proxy/chaos-proxy.ts';

/** What `marteau proxy` starts, wherever it was written. */
export interface ChaosConfig {
  proxies: readonly ProxyOptions[];
  /** Null: no control server. */
  control: ControlOptions | null;
  /** Null: nothing is counted there. */
  statsd: StatsdOptions | null;
  /** Options of Vaurien that have no effect here. */
  ignored: readonly string[];
}

/** The values of options by their name, as a command line or an ini file has them: `proxy`, `behavior-delay-sleep`. */
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;
