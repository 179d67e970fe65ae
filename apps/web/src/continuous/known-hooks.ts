import type { Hook } from '@marteau/store';
import type { Continuous } from './context.ts';

/** All hooks, read anew after a minute: there may be thousands, and rounds come every few seconds. */
export type KnownHooks = () => Promise<readonly Hook[]>;

const KEPT_MS = 60_000;

export function createKnownHooks({ store, now }: Pick<Continuous, 'store' | 'now'>): KnownHooks {
  let known: { at: number; hooks: readonly Hook[] } | null = null;
  return async () => {
    if (known === null || now() - known.at >= KEPT_MS) known = { at: now(), hooks: await store.hooks.list() };
    return known.hooks;
  };
}
