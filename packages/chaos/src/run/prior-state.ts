import type { ResolvedFile } from '@marteau/file';
import { type AskOptions, askAt } from '../client/ask.ts';
import { restoreToxiproxy } from './steer-toxiproxy.ts';
import type { PriorState } from './steered-proxy.ts';
import { vaurienFaults } from './vaurien-faults.ts';

/** Where the states before are written down. Each is known by its place. */
export interface PriorStates {
  /** Resolves once it would outlive this process. */
  keep(place: string, state: PriorState): Promise<void>;
  /** It was put back. */
  forget(place: string): Promise<void>;
}

/** Names the proxy of a state: no two proxies have the same. */
export function placeOf(state: PriorState): string {
  return state.kind === 'vaurien' ? state.control : `${state.control} ${state.proxy}`;
}

/** The control servers of a file's proxies that stand elsewhere. */
export function controlsOf({ proxies, fixtures }: Pick<ResolvedFile, 'proxies' | 'fixtures'>): string[] {
  const named = Object.values(proxies).flatMap(({ control }) => control ?? []);
  return [...named, ...vaurienFaults(fixtures, 0).map(({ server }) => server)];
}

/**
 * Puts a proxy back into the state that it was in before a run changed it. Quiet when it is as it was.
 * @throws chaos-control-failed when it cannot be reached, or refuses
 */
export async function restorePriorState(state: PriorState, options: AskOptions = {}): Promise<void> {
  const ask = askAt(state.control, options);
  if (state.kind === 'vaurien') await ask('PUT', '/behavior', state.behavior);
  else await restoreToxiproxy(ask, state.proxy, state.enabled);
}
