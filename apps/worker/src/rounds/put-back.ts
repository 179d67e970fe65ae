import { type PriorState, restorePriorState } from '@marteau/run';
import type { Repair } from '@marteau/store';
import type { Context } from '../context.ts';

const WITHIN_MS = 10_000;
const AT_ONCE = 20;
/** With pauses that double up to the longest one: three quarters of an hour. */
const MOST_TRIES = 12;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 600_000;

/**
 * Puts proxies elsewhere back as they were before runs changed them whose workers died, or could not do it. What cannot
 * be put back now is tried again after a pause that grows, and given up in the end: its run says so.
 * @param isWanted which of them, by the address of their control server: these now, whenever they were tried
 */
export async function putBack(
  context: Pick<Context, 'store' | 'config' | 'log' | 'now'>,
  isWanted?: (control: string) => boolean,
): Promise<void> {
  const due = await context.store.repairs.left(isWanted ? Number.POSITIVE_INFINITY : context.now());
  const wanted = isWanted ? due.filter(({ state }) => isWanted((state as PriorState).control)) : due;
  await Promise.all(wanted.slice(0, AT_ONCE).map((repair) => putOneBack(context, repair)));
}

async function putOneBack(
  { store, config, log, now }: Pick<Context, 'store' | 'config' | 'log' | 'now'>,
  repair: Repair,
): Promise<void> {
  const { place, lease, tries } = repair;
  const run = lease.runId;
  await store.repairs.tried(repair, now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries));
  try {
    const within = AbortSignal.timeout(WITHIN_MS);
    await restorePriorState(repair.state as PriorState, { allowed: config.network.allowed, within });
    await store.repairs.forget(repair);
    log.info({ run, proxy: place }, 'put a proxy back as it was before a run that is gone');
  } catch (err) {
    if (tries + 1 < MOST_TRIES) return log.info({ run, proxy: place, err }, 'could not put a proxy back yet');
    await store.repairs.forget(repair);
    const text = `The proxy ${place} was left changed and could not be put back in ${MOST_TRIES} tries: look whether it is still broken.`;
    log.warn({ run, proxy: place, err }, text);
    await store.events.append(run, [{ type: 'console', at: now(), from: 'marteau', share: 0, text }]);
  }
}
