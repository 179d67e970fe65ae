import type { ScheduledStage } from '@marteau/measure';
import { presenceOf } from './users.ts';

/** From when to when a user is there; ms of the run's clock. */
export interface Presence {
  readonly comes: number;
  readonly goes: number;
}

/** When user number `n` (over all shares) is there in a segment; stays without a gap between them are one. */
export function presencesOf(n: number, scheduled: readonly ScheduledStage[]): Presence[] {
  const stays: Presence[] = [];
  for (const { stage, at, end } of scheduled) {
    const presence = presenceOf(n, stage);
    if (!presence) continue;
    const comes = at + presence.comes;
    // A stage that was cut may end within its ramp.
    const goes = Math.min(at + presence.goes, end);
    if (comes >= goes) continue;
    const before = stays.at(-1);
    if (before && before.goes >= comes) stays[stays.length - 1] = { comes: before.comes, goes };
    else stays.push({ comes, goes });
  }
  return stays;
}

/** The same moment, worked out from another part of a ramp, differs by an error of rounding; ms */
const SAME_MS = 0.01;

/** When one user comes and goes, one time after the other; what was planned may change while it is there. */
export class Stays {
  #presences: readonly Presence[];
  /** Of the stay that it is in or was in last. */
  #came = Number.NEGATIVE_INFINITY;
  /** When the stay that it is in ends. */
  goes = Number.NEGATIVE_INFINITY;

  constructor(presences: readonly Presence[]) {
    this.#presences = presences;
  }

  /** When the next stay begins; never where there is none. */
  get comes(): number {
    return this.#next?.comes ?? Number.POSITIVE_INFINITY;
  }

  /** It has come for the next stay. */
  enter(): void {
    const { comes, goes } = this.#next!;
    this.#came = comes;
    this.goes = goes;
  }

  /** @param now of the change; who is to be there no longer goes then */
  follow(presences: readonly Presence[], now: number): void {
    this.#presences = presences;
    if (this.goes < now) return;
    const stay = presences.find(({ comes }) => Math.abs(comes - this.#came) < SAME_MS);
    this.goes = stay?.goes ?? now;
  }

  get #next(): Presence | undefined {
    return this.#presences.find(({ comes }) => comes > this.#came + SAME_MS);
  }
}
