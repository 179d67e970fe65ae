import type { GivenOptions } from '../behaviors/options.ts';
import type { BehaviorSetting } from '../proxy/behavior-setting.ts';
import { type Ask, askAt } from './ask.ts';
import { type Breakable, withBehavior } from './breakable.ts';

export interface ControlClientOptions {
  /** The control server, such as http://127.0.0.1:8474. */
  url: string;
  /** The proxy's name. */
  proxy: string;
  token?: string;
}

/** Controls a proxy of another process by its REST API. */
export class ControlClient implements Breakable {
  readonly #ask: Ask;

  constructor({ url, proxy, token }: ControlClientOptions) {
    this.#ask = askAt(`${url.replace(/\/$/, '')}/api/v1/proxies/${encodeURIComponent(proxy)}`, { token });
  }

  async getBehaviors(): Promise<readonly BehaviorSetting[]> {
    const { behaviors } = (await this.#ask('GET', '')) as { behaviors: BehaviorSetting[] };
    return behaviors;
  }

  async setBehaviors(behaviors: readonly BehaviorSetting[]): Promise<void> {
    await this.#ask('PUT', '/behaviors', { behaviors });
  }

  /** @param lease ms after which it goes by itself, unless it is renewed */
  async addBehavior(setting: BehaviorSetting, lease?: number): Promise<void> {
    await this.#ask('POST', '/behaviors', { ...setting, lease });
  }

  async removeBehavior(name: string): Promise<void> {
    await this.#ask('DELETE', `/behaviors/${encodeURIComponent(name)}`);
  }

  /** Sets one behaviour while a function runs, and puts back what was there before. */
  withBehavior<T>(behavior: string, options: GivenOptions, run: () => Promise<T> | T): Promise<T> {
    return withBehavior(this, behavior, options, run);
  }
}
