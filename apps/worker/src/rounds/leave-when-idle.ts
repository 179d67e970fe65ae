import type { Context } from '../context.ts';

/**
 * Has the worker leave once it had nothing to do for so long. A node that a waiting run could use stays: it may be one
 * of several that are still being started.
 */
export function leaveWhenIdle(
  { gate, node, log }: Pick<Context, 'gate' | 'node' | 'log'>,
  idleExitMs: number,
  leave: (why: string) => void,
): () => Promise<void> {
  return async () => {
    if (gate.idleMs < idleExitMs || !(await node.retire())) return;
    log.info({ idleMs: Math.round(gate.idleMs) }, 'it had nothing to do');
    leave('idle');
  };
}
