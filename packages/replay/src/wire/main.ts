// A measuring proxy in a process of its own: says what has passed whenever it is asked.
import { serveSideProcess } from '@marteau/launch';
import { writeTrustFiles } from '../environment/trust-files.ts';
import type { WireAnswer, WireBegun, WireOrder } from './messages.ts';
import { startWire } from './wire.ts';

await serveSideProcess<WireOrder, WireBegun, never, WireAnswer>(async (order) => {
  await using stack = new AsyncDisposableStack();
  const wire = stack.use(await startWire(order));
  const trust = wire.authority && stack.use(await writeTrustFiles(wire.authority));
  const kept = stack.move();
  return {
    begun: { url: wire.url, trust: trust && { cert: trust.cert, bundle: trust.bundle } },
    answer: () => wire.take(),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
});
