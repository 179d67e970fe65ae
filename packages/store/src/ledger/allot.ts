import type { Context } from '../context.ts';

/** So long nodes are left free for a report that no worker begins. */
const UNREPORTED_MS = 30_000;

/** Gives nodes to waiting runs and hands their shares to the nodes' queues. @returns the runs that got nodes */
export async function allot(context: Context): Promise<string[]> {
  const runs = await context.script('allot', { unreportedMs: UNREPORTED_MS });
  await context.producers.payDue();
  return runs;
}

/** A node, a target or a limit became free: who waits for it gets it now, or, should that fail, with the next round. */
export function allotSoon(context: Context): void {
  context.background(allot(context), {}, 'a worker will allot the free nodes');
}
