import { askAt } from '../client/ask.ts';
import { restoreToxiproxy } from './steer-toxiproxy.ts';

/**
 * What a proxy elsewhere was before a run changed it, where the proxy itself does not go back to it. Plain JSON: it is
 * written down before the first change, so that somebody else can restore it.
 */
export type PriorState =
  | {
      readonly kind: 'toxiproxy';
      readonly control: string;
      readonly proxy: string;
      readonly enabled: boolean;
    }
  | { readonly kind: 'vaurien'; readonly control: string; readonly behavior: VaurienBehavior };

/** As Vaurien's API takes it: the name and the options. */
type VaurienBehavior = Readonly<Record<string, unknown>> & { readonly name: string };

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

/**
 * Puts a proxy back into the state that it was in before a run changed it. Quiet when it is as it was.
 * @throws chaos-control-failed when it cannot be reached, or refuses
 */
export async function restorePriorState(state: PriorState): Promise<void> {
  const ask = askAt(state.control);
  if (state.kind === 'vaurien') await ask('PUT', '/behavior', state.behavior);
  else await restoreToxiproxy(ask, state.proxy, state.enabled);
}
