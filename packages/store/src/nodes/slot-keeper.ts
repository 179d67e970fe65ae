import type { Context } from '../context.ts';
import { nodeQueue } from '../jobs/jobs.ts';
import { type Holder, readSlot } from '../ledger/leases.ts';
import type { ScriptMap } from '../redis/script-map.ts';

/** A slot whose job did not come for so many heartbeats has lost it. */
const PATIENCE = 5;

type Beat = Extract<ScriptMap['beat']['result'], ['ok', ...unknown[]]>;

/**
 * A slot without a job would be taken for ever: its node lives, and nobody acknowledges. So every heartbeat tells the
 * node which slot it has, and a slot that stays without a job gets its job again, or is given up when its attempt is
 * over. A job that is there already is added once; a share that runs is never touched, as its job exists.
 */
export function createSlotKeeper(context: Context, { node, boot }: Holder) {
  let seen = '';
  let beats = 0;
  return async ([, slot, share, of, ending]: Beat): Promise<void> => {
    const state = `${slot} ${share} ${ending}`;
    beats = state === seen ? beats + 1 : 0;
    seen = state;
    if (!slot || beats < PATIENCE || beats % PATIENCE) return;
    const { runId, attempt } = readSlot(slot);
    const data = { runId, attempt, share: Number(share), of };
    // a job that finds its attempt over acknowledges (see Ledger.beginShare)
    const id = `share-${runId}-${attempt}-${share}`;
    await context.producers.add({ queue: nodeQueue(node), name: 'share', id, data });
    if (ending)
      context.log.warn({ node, boot, run: runId }, 'this node still has a slot of an attempt that is over');
  };
}
