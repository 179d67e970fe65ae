import { micros } from './micros.ts';
import type { Phase } from './piece.ts';

const newPhase = (): Phase => ({ count: 0, sum: 0, max: 0 });

/** What a request's time consists of. All are always there, because a fixed shape is read fastest. */
export function newPhases() {
  return {
    blocked: newPhase(),
    dns: newPhase(),
    connect: newPhase(),
    tls: newPhase(),
    sending: newPhase(),
    waiting: newPhase(),
    receiving: newPhase(),
  };
}

export type Phases = ReturnType<typeof newPhases>;

export function addTo(phase: Phase, ms: number): void {
  const time = Math.max(0, micros(ms));
  phase.count += 1;
  phase.sum += time;
  if (time > phase.max) phase.max = time;
}

/** Those that some request had. */
export function usedPhases(phases: Phases): Record<string, Phase> {
  return Object.fromEntries(Object.entries(phases).filter(([, { count }]) => count > 0));
}
