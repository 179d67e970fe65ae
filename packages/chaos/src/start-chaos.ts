import type { ChaosConfig } from './config/config.ts';
import { Proxies } from './control/proxies.ts';
import type { ControlServer } from './control/server.ts';
import { sendToStatsd } from './outputs/statsd.ts';

/** Proxies and their control server, as a process runs them. */
export interface RunningChaos extends AsyncDisposable {
  proxies: Proxies;
  /** Null when there is none. */
  control: ControlServer | null;
}

/** Starts all of it, or nothing. */
export async function startChaos({ proxies: wanted, control, statsd }: ChaosConfig): Promise<RunningChaos> {
  await using stack = new AsyncDisposableStack();
  const proxies = new Proxies();
  stack.defer(() => proxies.stop());
  if (statsd) stack.defer(sendToStatsd(proxies.events, statsd));
  for (const options of wanted) await proxies.add(options);
  // Its libraries take a while to load, and not everybody wants it.
  const server = control && (await (await import('./control/server.ts')).startControl(proxies, control));
  if (server) stack.defer(() => server.stop());
  const kept = stack.move();
  return { proxies, control: server, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
