import type { ResolvedFile } from '@marteau/file';
import {
  type Around,
  type AroundOptions,
  elsewherePart,
  listenOn,
  partsOf,
  type Surroundings,
  startAround,
  surroundingsOf,
} from '@marteau/run';
import { LeaseEnded, type ShareLease } from '@marteau/store';
import type { Context } from '../context.ts';
import { hasAppNode } from '../project/app-node.ts';

/**
 * What stands once around a run: one share starts it and tells the others, which find it as if it stood beside them.
 *
 *     the app's node, else the first ─ starts all of it ─▶ where it is ─▶ the others: do they reach it? ─▶ the barrier
 *
 * @throws MarteauError not-reached; what parts throw; the signal's reason
 */
export async function openAround(
  { store, node }: Pick<Context, 'store' | 'node'>,
  lease: ShareLease,
  file: ResolvedFile,
  options: AroundOptions,
  isProfiled = false,
): Promise<Around> {
  if (lease.of === 1) return startAround(partsOf(file, isProfiled), options);
  if (!isHost(file, lease)) {
    options.phase.say('waiting for what stands around the load');
    const there = await store.ledger.surroundings(lease, options.signal);
    options.signal.throwIfAborted();
    return startAround([elsewherePart(there as Surroundings, node.node)], options);
  }
  await using stack = new AsyncDisposableStack();
  const around = stack.use(await startAround(partsOf(file), { ...options, listen: listenOn(node.address) }));
  const told = await store.ledger.surround(
    lease,
    await surroundingsOf(around, node, options.places.base ?? options.places.temp),
  );
  if (!told) throw new LeaseEnded('lost', 'the attempt was over meanwhile');
  stack.move();
  return around;
}

/** Whether this share starts what stands around the run. */
export function isHost(file: ResolvedFile, lease: ShareLease): boolean {
  return lease.share === (hasAppNode(file) ? lease.of - 1 : 0);
}

/** Whether this share has the app and generates no load. */
export function isAppNode(file: ResolvedFile, lease: ShareLease): boolean {
  return hasAppNode(file) && lease.share === lease.of - 1;
}
