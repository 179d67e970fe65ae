import type { Exchange } from '../fetch/exchange.ts';
import { tell } from './note-failure.ts';
import type { VirtualUser } from './virtual-user.ts';
import type { World } from './world.ts';

/** Most exchanges that are told of: a trace is for few users and iterations. */
const MOST = 1000;
const LONGEST = 4000;

export type Trace = (user: VirtualUser, exchange: Exchange) => void;

/** Tells the parent of every exchange as it ends, with its request and answer. */
export function traceTo(world: World): Trace {
  let left = MOST;
  return ({ number }, exchange) => {
    if (left === 0) return;
    left -= 1;
    const { label, failure, head, begun, ended, iteration } = exchange;
    world.post({
      type: 'exchange',
      test: iteration?.fullName ?? '',
      user: number,
      label: label.name,
      outcome: failure ? failure.code : String(head!.status),
      at: Math.round(begun),
      ms: Math.max(0, ended - begun),
      text: world.mask(tell(exchange)).slice(0, LONGEST),
    });
  };
}
