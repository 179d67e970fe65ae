/**
 * Milliseconds that a foreign program has to end by itself before it is killed: a cancelled run has to be still within
 * two seconds.
 */
export const FOREIGN_GRACE_MS = 1000;
