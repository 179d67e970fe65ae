/** How long iterations that run when the load ends are waited for, ms. */
export const GRACE_MS = 3000;
export const GRACE_WHEN_STOPPED_MS = 1000;
/** How long the `after` hooks may take once nothing is measured any more, ms. */
export const AFTER_MS = 2000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** Until a user that could not begin tries again, ms: twice as long each time. @param tries so far, from 1 */
export function comeAgainMs(tries: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
}
