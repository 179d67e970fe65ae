import { setTimeout as sleep } from 'node:timers/promises';

type Waiting = {
  /** How long a slow, busy machine may take, in ms. */
  deadlineMs?: number;
  /** How often to look, in ms; if not given, first often, then as rarely as `PATIENCE` says: looking takes time from what is waited for. */
  everyMs?: number;
};

/** Of the time that was waited already. */
const PATIENCE = 0.05;
const LEAST_MS = 10;
const MOST_MS = 100;

type Falsy = false | 0 | '' | null | undefined;

/**
 * Waits for a state, looking again and again, and resolves with the first truthy value that `look` gives. Tests wait
 * with this and never sleep.
 * @param what what is waited for, as a sentence's end: "the run to be finished"
 * @throws after the deadline, saying what was waited for and what was seen last; an error thrown by `look` counts as
 *   "not yet" until then
 */
export async function waitUntil<T>(
  what: string,
  look: () => T | Promise<T>,
  { deadlineMs = 30_000, everyMs }: Waiting = {},
): Promise<Exclude<T, Falsy>> {
  const begun = performance.now();
  const end = begun + deadlineMs;
  const pause = (): number => Math.min(MOST_MS, Math.max(LEAST_MS, PATIENCE * (performance.now() - begun)));
  for (;;) {
    const seen = await attempt(look);
    if ('value' in seen && seen.value) return seen.value as Exclude<T, Falsy>;
    if (performance.now() >= end) {
      const last = 'error' in seen ? `the error ${String(seen.error)}` : JSON.stringify(seen.value);
      throw new Error(`Waited ${deadlineMs} ms for ${what}; seen last: ${last}`, {
        cause: 'error' in seen ? seen.error : undefined,
      });
    }
    await sleep(everyMs ?? pause());
  }
}

async function attempt<T>(look: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await look() };
  } catch (error) {
    return { error };
  }
}
