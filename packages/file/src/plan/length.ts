import type { Plan } from '@marteau/shared';
import type { ResolvedFile } from '../resolve/resolved-file.ts';

/** What a run may take beyond its plan and its set-up before it is ended. */
export const SPARE_MS = 600_000;

const INSTALL_MS = 300_000;

/** Milliseconds from the first user to the last; lists of stages of different tests run side by side. */
export function planLengthMs(plan: Plan): number {
  const ends = new Map<string | null, number>();
  for (const { test, rampMs, durationMs } of plan.steps) {
    ends.set(test, (ends.get(test) ?? 0) + rampMs + durationMs);
  }
  return Math.max(...ends.values());
}

/** What installing and starting may take: the app’s own limit, and 5 min where packages are installed. */
export function setUpMs(file: Pick<ResolvedFile, 'app' | 'deps'>): number {
  const installs = file.deps.length > 0 || (file.app !== null && file.app.setup.length > 0);
  return (installs ? INSTALL_MS : 0) + (file.app?.timeoutMs ?? 0);
}
