import type { Agent } from '../fetch/agent.ts';
import type { Suite } from '../script/definition.ts';
import { loadInstance } from '../script/instance.ts';
import { instancesAreShared, MOST_INSTANCES } from '../script/most-instances.ts';
import { Own } from '../script/own.ts';

/** The instances of the script in one thread, one for each user as far as they go. */
export class Instances {
  readonly #path: string;
  readonly #note: (text: string) => void;
  readonly #loaded = new Map<number, Promise<Suite>>();
  readonly #own = new Map<number, Own>();
  #loads = 0;

  /** @param note tells whoever reads the report */
  constructor(path: string, note: (text: string) => void) {
    this.#path = path;
    this.#note = note;
  }

  /**
   * The instance of the thread's user number `n`, over all scenarios, loaded when it is new. Rejects with what the script threw.
   * @param agent who fetches, if the script does so while it is being loaded
   */
  of(n: number, agent: Agent): Promise<Suite> {
    if (n >= MOST_INSTANCES) this.#note(instancesAreShared);
    const slot = n % MOST_INSTANCES;
    const known = this.#loaded.get(slot);
    if (known) return known;
    const loading = loadInstance(this.#path, this.#loads, agent);
    this.#loads += 1;
    this.#loaded.set(slot, loading);
    loading.catch(() => this.#loaded.delete(slot));
    return loading;
  }

  /** What the users of an instance have set: they share that, too, where they share the instance. */
  ownOf(n: number): Own {
    const slot = n % MOST_INSTANCES;
    const own = this.#own.get(slot) ?? new Own();
    this.#own.set(slot, own);
    return own;
  }

  /** Something is still running in it: whoever has the number next gets a new one. */
  drop(n: number): void {
    this.#loaded.delete(n % MOST_INSTANCES);
    this.#own.delete(n % MOST_INSTANCES);
  }
}
