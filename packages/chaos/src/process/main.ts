// Proxies in a process of their own, for a run: reads what to start from stdin, says where they are on stdout, and tells
// its faults there, too; every further line of stdin asks for the latest ones. It ends with its stdin: with whoever started it, however that one ends.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isMarteauError } from '@marteau/shared';
import { tallyFaults } from '../outputs/tally.ts';
import { startChaos } from '../start-chaos.ts';
import type { FromProcess, ToProcess } from './messages.ts';
import { keepYoungHeapSmall } from './young-heap.ts';

keepYoungHeapSmall();
const lines = createInterface({ input: process.stdin });
const tell = (message: FromProcess) => void process.stdout.write(`${JSON.stringify(message)}\n`);
const { proxies, token } = JSON.parse((await once(lines, 'line'))[0]) as ToProcess;
try {
  const control = { listen: '127.0.0.1:0', token };
  const chaos = await startChaos({ proxies, control, statsd: null, ignored: [] });
  const tally = tallyFaults(chaos.proxies.events, 1000, (faults) => tell({ faults }));
  const addresses = Object.fromEntries(chaos.proxies.all.map(({ name, listen }) => [name, listen]));
  tell({ control: chaos.control!.url, addresses });
  lines.on('line', () => {
    tally.flush();
    tell({ flushed: true });
  });
  await once(lines, 'close');
  tally.end();
  await chaos[Symbol.asyncDispose]();
} catch (error) {
  tell({ failed: isMarteauError(error) ? error.message : String((error as Error).stack) });
}
process.exit();
