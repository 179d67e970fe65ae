import { ChaosEvents } from '../events.ts';
import { ChaosProxy, type ProxyOptions } from '../proxy/chaos-proxy.ts';
import { taken, thereAre, unknown } from '../wrong.ts';

/** The proxies of one process, by name. */
export class Proxies {
  readonly events = new ChaosEvents();
  readonly #byName = new Map<string, ChaosProxy>();
  /** What was asked for, in the order it was: two changes of one name do not meet. */
  #last: Promise<unknown> = Promise.resolve();

  get all(): ChaosProxy[] {
    return [...this.#byName.values()];
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** @throws chaos-unknown, naming those that there are */
  get(name: string): ChaosProxy {
    const found = this.#byName.get(name);
    if (found) return found;
    const names = [...this.#byName.keys()];
    throw unknown(
      `There is no proxy '${name}'. ${names.length === 0 ? 'None was made yet.' : thereAre('There are', names, name)}`,
    );
  }

  /** @throws chaos-taken when the name or the port is, and what `ChaosProxy.start` throws */
  add(options: ProxyOptions): Promise<ChaosProxy> {
    return this.#inTurn(async () => {
      if (this.#byName.has(options.name)) {
        throw taken(`There is a proxy '${options.name}' already. Change that one, or choose another name.`);
      }
      const proxy = await ChaosProxy.start(options, this.events);
      this.#byName.set(proxy.name, proxy);
      return proxy;
    });
  }

  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      const proxy = this.get(name);
      this.#byName.delete(name);
      await proxy.stop();
    });
  }

  /** Takes off every behaviour and lets every proxy listen. */
  async heal(): Promise<void> {
    await Promise.all(
      this.all.map(async (proxy) => {
        await proxy.setBehaviors([]);
        await proxy.setEnabled(true);
      }),
    );
  }

  async stop(): Promise<void> {
    await this.#inTurn(() => Promise.all(this.all.map((proxy) => proxy.stop())));
    this.#byName.clear();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
