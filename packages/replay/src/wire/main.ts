// A measuring proxy in a process of its own: says what has passed whenever it is asked.
import { serveSideProcess } from '@marteau/launch';
import type { WireAnswer, WireBegun, WireOrder } from './messages.ts';
import { startWire } from './wire.ts';

await serveSideProcess<WireOrder, WireBegun, never, WireAnswer>(async (order) => {
  await using stack = new AsyncDisposableStack();
  const wire = stack.use(await startWire(order));
  const { url, authority } = wire;
  const kept = stack.move();
  return {
    begun: { url, trust: authority && { cert: authority.cert, bundle: authority.bundle } },
    answer: () => wire.take(),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
});
