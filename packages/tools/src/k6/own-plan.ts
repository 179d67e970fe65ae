import { parseDuration } from '@marteau/shared';
import type { OwnPlan } from '../tool.ts';

/** Executors whose iterations start at a rate. */
const OPEN = /executor\s*:\s*['"](?:constant|ramping)-arrival-rate['"]/;
const EXECUTORS = /executor\s*:\s*['"][a-z-]+['"]/g;
const TIMES = /\b(duration|maxDuration)\s*:\s*['"]([\dhms.]+)['"]/g;

/**
 * What the options of a script seem to say, without running it: k6 itself knows better, and computed options cannot be
 * read so. The times of scenarios that stand one after the other count as if they ran beside each other.
 */
export function ownPlanOf(text: string): OwnPlan {
  const count = text.match(EXECUTORS)?.length ?? 0;
  const isOpen = OPEN.test(text);
  const times = [...text.matchAll(TIMES)].map(([, , time]) => parseDuration(time!) ?? 0);
  const isStaged = /\bstages\s*:/.test(text);
  const longest = isStaged ? times.reduce((sum, time) => sum + time, 0) : Math.max(0, ...times);
  const what = count === 0 ? '' : count === 1 ? 'one scenario' : `${count} scenarios`;
  return { what, lengthMs: longest > 0 ? longest : null, isOpen };
}

interface Scenario {
  readonly startTime?: string | null;
  readonly duration?: string | null;
  readonly maxDuration?: string | null;
  readonly stages?: readonly { readonly duration: string }[] | null;
}

/**
 * What `k6 inspect` prints: every plan is scenarios there. Its `totalDuration` has the time that stragglers are given,
 * which is not said here.
 */
export function readInspection(printed: string): Pick<OwnPlan, 'lengthMs'> | null {
  try {
    const { scenarios } = JSON.parse(printed) as { scenarios?: Record<string, Scenario> };
    const lengths = Object.values(scenarios ?? {}).map(lengthOf);
    const lengthMs = Math.max(...lengths);
    return lengths.length > 0 && Number.isFinite(lengthMs) ? { lengthMs } : null;
  } catch {
    return null;
  }
}

/** ms; NaN where only its iterations end it. */
function lengthOf({ startTime, duration, maxDuration, stages }: Scenario): number {
  const own = stages
    ? stages.reduce((sum, stage) => sum + parseGoDuration(stage.duration), 0)
    : parseGoDuration(duration ?? maxDuration ?? '');
  return own + parseGoDuration(startTime ?? '0s');
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** ms of a duration as Go prints it: https://pkg.go.dev/time#Duration.String; NaN for what is none. */
function parseGoDuration(text: string): number {
  const parts = [...text.matchAll(/([\d.]+)(h|ms|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return Number.NaN;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!]!, 0);
}
