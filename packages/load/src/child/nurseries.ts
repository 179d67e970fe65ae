import { setFlagsFromString } from 'node:v8';

/** Of the main thread, which makes little: for the command line, because V8 reads it as the process begins. */
export const MAIN_NURSERY = '--max-semi-space-size=2';

/** MB of each half. Nearly all that an iteration makes is dead when it is full, so that little grows old. */
const THREAD_MB = 16;

/**
 * Has threads that are made from now on begin with the nursery that they will have: one that grows while load runs
 * looks as if memory were lost with every request.
 */
export function sizeThreadNurseries(): void {
  setFlagsFromString(`--min-semi-space-size=${THREAD_MB}`);
  setFlagsFromString(`--max-semi-space-size=${THREAD_MB}`);
}
