import { type PriorState, restorePriorState } from '@marteau/run';
import type { Store } from '@marteau/store';
import type { Logger } from 'pino';

/**
 * Puts proxies elsewhere back as they were before runs changed them whose workers died, or could not do it. What cannot
 * be put back now is tried again with the next round.
 */
export async function putBack({ repairs }: Pick<Store, 'repairs'>, log: Logger): Promise<void> {
  for (const repair of await repairs.left()) {
    const { place, lease } = repair;
    try {
      await restorePriorState(repair.state as PriorState);
      await repairs.forget(repair);
      log.info({ run: lease.runId, proxy: place }, 'put a proxy back as it was before a run that is gone');
    } catch (err) {
      log.warn({ run: lease.runId, proxy: place, err }, 'could not put a proxy back; trying again soon');
    }
  }
}
