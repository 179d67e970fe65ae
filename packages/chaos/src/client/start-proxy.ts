import type { GivenOptions } from '../behaviors/options.ts';
import { type ChaosEvent, ChaosEvents } from '../events.ts';
import { ChaosProxy, type ProxyOptions } from '../proxy/chaos-proxy.ts';
import { withBehavior } from './breakable.ts';

/** A proxy of a unit test's own. */
export interface StartedProxy extends AsyncDisposable {
  proxy: ChaosProxy;
  /** Where it listens: HOST:PORT. */
  address: string;
  /** Every fault so far. */
  events: readonly ChaosEvent[];
  /** Sets one behaviour while a function runs. */
  withBehavior<T>(behavior: string, options: GivenOptions, run: () => Promise<T> | T): Promise<T>;
}

/**
 * Starts a proxy in this process, on a free port of loopback unless `listen` says otherwise.
 * @throws what `ChaosProxy.start` throws
 */
export async function startProxy(
  options: Omit<ProxyOptions, 'name' | 'listen'> & Partial<ProxyOptions>,
): Promise<StartedProxy> {
  const hub = new ChaosEvents();
  const events: ChaosEvent[] = [];
  hub.subscribe((event) => events.push(event));
  const proxy = await ChaosProxy.start({ name: 'proxy', listen: '127.0.0.1:0', ...options }, hub);
  const breakable = {
    getBehaviors: async () => proxy.behaviors,
    setBehaviors: proxy.setBehaviors.bind(proxy),
  };
  return {
    proxy,
    address: proxy.listen,
    events,
    withBehavior: (behavior, given, run) => withBehavior(breakable, behavior, given, run),
    [Symbol.asyncDispose]: () => proxy.stop(),
  };
}

/** Stops it, and cuts what is still open. */
export async function stopProxy(started: StartedProxy): Promise<void> {
  await started.proxy.stop();
}
