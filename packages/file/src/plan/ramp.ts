const perUserMs = 200;
const longestMs = 30_000;

/** How long so many users take to start when the file does not say: as in FunkLoad one after the other. */
export function defaultRampMs(users: number): number {
  return Math.min(users * perUserMs, longestMs);
}
