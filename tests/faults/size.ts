/** `npm run test:faults` does for half an hour what `npm test` and `npm run test:long` do once. */
export const isLong = process.env.MARTEAU_FAULTS === 'long';

/** How often each blow falls. */
export const TIMES = isLong ? 20 : 1;

/** How long a frozen process is frozen, s: shorter and longer than a lease (8 s). */
export const FREEZES = isLong ? [1, 2, 4, 7, 8, 9, 12, 20, 30] : [2, 11];

/** How long Redis is away, s. */
export const AWAY_S = isLong ? 30 : 12;

/** When the web is killed after a submit was sent, ms. */
export const SUBMIT_KILLS_MS = isLong ? [0, 1, 2, 3, 4, 6, 8, 10, 15, 25] : [5];

/** How often the web is started again under a run's viewers. */
export const WEB_RESTARTS = isLong ? 20 : 1;

/** How many runs over three nodes start, two of which have wrong clocks. */
export const CLOCK_STARTS = isLong ? 20 : 1;

/** Of one test that does a blow so many times, ms. */
export const LONGEST_MS = isLong ? 1_200_000 : 200_000;

/** The soak: so many blows fall on so many workers while so many runs run. */
export const SOAK = isLong
  ? { workers: 8, runs: 200, mostNodes: 5, blows: 120, redisKills: 3, cancels: 10, timeoutMs: 3_600_000 }
  : { workers: 3, runs: 6, mostNodes: 3, blows: 5, redisKills: 1, cancels: 1, timeoutMs: 240_000 };
