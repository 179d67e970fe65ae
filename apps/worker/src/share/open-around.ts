import type { ResolvedFile } from '@marteau/file';
import {
  type Around,
  type AroundOptions,
  elsewhereFixture,
  fixturesOf,
  listenOn,
  type Surroundings,
  startAround,
  surroundingsOf,
} from '@marteau/fixture';
import { LeaseEnded, type ShareLease } from '@marteau/store';
import type { Context } from '../context.ts';
import { hasAppNode } from '../project/app-node.ts';

/**
 * What stands once around a run: one share starts it and tells the others, which find it as if it stood beside them.
 *
 *     the app's node, else the first ─ starts all of it ─▶ where it is ─▶ the others: do they reach it? ─▶ the barrier
 *
 * @throws MarteauError not-reached; what fixtures throw; the signal's reason
 */
export async function openAround(
  { store, node }: Pick<Context, 'store' | 'node'>,
  hold: ShareLease,
  file: ResolvedFile,
  options: AroundOptions,
): Promise<Around> {
  if (hold.of === 1) return startAround(fixturesOf(file), options);
  if (!isHost(file, hold)) {
    options.phase.say('waiting for what stands around the load');
    const there = await store.ledger.surroundings(hold, options.signal);
    options.signal.throwIfAborted();
    return startAround([elsewhereFixture(there as Surroundings, node.node)], options);
  }
  await using stack = new AsyncDisposableStack();
  const around = stack.use(
    await startAround(fixturesOf(file), { ...options, listen: listenOn(node.address) }),
  );
  const told = await store.ledger.surround(hold, await surroundingsOf(around, node));
  if (!told) throw new LeaseEnded('lost', 'the attempt was over meanwhile');
  stack.move();
  return around;
}

/** Whether this share starts what stands around the run. */
export function isHost(file: ResolvedFile, hold: ShareLease): boolean {
  return hold.share === (hasAppNode(file) ? hold.of - 1 : 0);
}

/** Whether this share has the app and generates no load. */
export function isAppNode(file: ResolvedFile, hold: ShareLease): boolean {
  return hasAppNode(file) && hold.share === hold.of - 1;
}
