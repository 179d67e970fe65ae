/** How long iterations that run when the load ends are waited for, ms. */
export const GRACE_MS = 3000;
export const GRACE_WHEN_STOPPED_MS = 1000;
/** How long the `after` hooks may take once nothing is measured any more, ms. */
export const AFTER_MS = 2000;
/** Between two attempts of a user to come, when a `before` hook threw, ms. */
export const COME_AGAIN_MS = 1000;
