import type { Agent } from '../fetch/agent.ts';
import type { Suite } from '../script/definition.ts';
import { loadInstance } from '../script/instance.ts';

/** From here on users share instances: each costs 15 to 30 KB and half a millisecond. */
const MOST_INSTANCES = 1000;

/** The instances of the script in one thread, one for each user as far as they go. */
export class Instances {
  readonly #path: string;
  readonly #loaded = new Map<number, Promise<Suite>>();
  #loads = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The instance of the thread's user number `n`, loaded when it is new. Rejects with what the script threw.
   * @param agent who fetches, if the script does so while it is being loaded
   */
  of(n: number, agent: Agent): Promise<Suite> {
    const slot = n % MOST_INSTANCES;
    const known = this.#loaded.get(slot);
    if (known) return known;
    const loading = loadInstance(this.#path, this.#loads, agent);
    this.#loads += 1;
    this.#loaded.set(slot, loading);
    loading.catch(() => this.#loaded.delete(slot));
    return loading;
  }

  /** Something is still running in it: whoever has the number next gets a new one. */
  drop(n: number): void {
    this.#loaded.delete(n % MOST_INSTANCES);
  }
}
