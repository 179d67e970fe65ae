// Proxies in a process of their own, for a run: tells what was hit about once a second, and at once when it is asked.
import { serveSideProcess } from '@marteau/launch';
import { type Tally, tallyFaults } from '../outputs/tally.ts';
import { startChaos } from '../start-chaos.ts';
import type { ProxiesBegun, ProxyOrder } from './start-process.ts';
import { keepYoungHeapSmall } from './young-heap.ts';

keepYoungHeapSmall();
await serveSideProcess<ProxyOrder, ProxiesBegun, readonly Tally[], null>(async ({ proxies, token }, tell) => {
  const control = { listen: '127.0.0.1:0', token };
  const chaos = await startChaos({ proxies, control, statsd: null, ignored: [] });
  const tally = tallyFaults(chaos.proxies.events, 1000, tell);
  return {
    begun: {
      control: chaos.control!.url,
      addresses: Object.fromEntries(chaos.proxies.all.map(({ name, listen }) => [name, listen])),
    },
    answer() {
      tally.flush();
      return null;
    },
    async [Symbol.asyncDispose]() {
      tally.end();
      await chaos[Symbol.asyncDispose]();
    },
  };
});
