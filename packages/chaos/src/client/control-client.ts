import { MarteauError } from '@marteau/shared';
import type { GivenOptions } from '../behaviors/options.ts';
import type { BehaviorSetting } from '../proxy/setting.ts';
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
  private readonly base: string;
  private readonly headers: Record<string, string>;

  constructor({ url, proxy, token }: ControlClientOptions) {
    this.base = `${url.replace(/\/$/, '')}/api/v1/proxies/${encodeURIComponent(proxy)}`;
    this.headers = {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
  }

  async getBehaviors(): Promise<readonly BehaviorSetting[]> {
    const { behaviors } = (await this.ask('GET', '')) as { behaviors: BehaviorSetting[] };
    return behaviors;
  }

  async setBehaviors(behaviors: readonly BehaviorSetting[]): Promise<void> {
    await this.ask('PUT', '/behaviors', { behaviors });
  }

  /** @param lease ms after which it goes by itself, unless it is renewed */
  async addBehavior(setting: BehaviorSetting, lease?: number): Promise<void> {
    await this.ask('POST', '/behaviors', { ...setting, lease });
  }

  async removeBehavior(name: string): Promise<void> {
    await this.ask('DELETE', `/behaviors/${encodeURIComponent(name)}`);
  }

  /** Sets one behaviour while a function runs, and puts back what was there before. */
  withBehavior<T>(behavior: string, options: GivenOptions, run: () => Promise<T> | T): Promise<T> {
    return withBehavior(this, behavior, options, run);
  }

  private async ask(method: string, path: string, body?: object): Promise<unknown> {
    const where = this.base + path;
    const failed = (detail: string, cause?: unknown) =>
      new MarteauError('chaos-control-failed', { where, detail }, { cause });
    let response: Response;
    try {
      response = await fetch(where, { method, headers: this.headers, body: body && JSON.stringify(body) });
    } catch (error) {
      throw failed('nobody answers there; start it with marteau proxy', error);
    }
    const text = await response.text();
    if (response.ok) return text === '' ? null : JSON.parse(text);
    const { detail } = problem(text);
    throw failed(detail ?? `it answered ${response.status}`);
  }
}

function problem(text: string): { detail?: string } {
  try {
    return JSON.parse(text) as { detail?: string };
  } catch {
    return {};
  }
}
