/** A second of load has one tick; what a busy machine held back comes in a burst. */
const BURST = 60;
const PER_SECOND = 4;

/** Whether one more tick is passed on now: more than an engine has to tell keeps everybody who watches busy. @param now ms */
export function tickBudget(now: () => number = () => performance.now()): () => boolean {
  let left = BURST;
  let at = now();
  return () => {
    left = Math.min(BURST, left + ((now() - at) / 1000) * PER_SECOND);
    at = now();
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
