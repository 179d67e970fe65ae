import type { Laid } from './stretch.ts';
import { stayOf } from './users.ts';

/** From when to when a user is there; ms of the run's clock. */
export interface Stay {
  readonly comes: number;
  readonly goes: number;
}

/** When user number `n` (over all shares) is there in a stretch; stays without a gap between them are one. */
export function staysOf(n: number, laid: readonly Laid[]): Stay[] {
  const stays: Stay[] = [];
  for (const { step, at } of laid) {
    const stay = stayOf(n, step);
    if (!stay) continue;
    const comes = at + stay.comes;
    const goes = at + stay.goes;
    const before = stays.at(-1);
    if (before && before.goes >= comes) stays[stays.length - 1] = { comes: before.comes, goes };
    else stays.push({ comes, goes });
  }
  return stays;
}
