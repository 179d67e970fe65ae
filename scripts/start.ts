// npm start [-- --nodes N]: Redis (unless REDIS_URL names one), the web, and N workers, until Ctrl-C.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startService } from './serve/service.ts';
import { stopSignal } from './serve/stop-signal.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({ options: { nodes: { type: 'string', default: '1' } } });
const nodes = Number(values.nodes);
if (!Number.isInteger(nodes) || nodes < 1 || nodes > 100) {
  say(`--nodes takes a whole number from 1 to 100, not "${values.nodes}".`);
  process.exit(2);
}
if (nodes > availableParallelism())
  say(`${nodes} workers share ${availableParallelism()} processors here, so they may slow each other down.`);

try {
  const { url, ended } = await startService({
    env: process.env,
    dataFolder: resolve(process.env.MARTEAU_DATA || 'data'),
    nodes,
    show: (name, line) => say(`${name.padEnd(9)}| ${line}`),
    signal: stopSignal(say),
  });
  say(`Marteau is listening on ${process.env.MARTEAU_URL || url}. Ctrl-C ends it.`);
  await ended;
  say('Marteau has ended.');
} catch (error) {
  say((error as Error).message);
  process.exitCode = 1;
}
