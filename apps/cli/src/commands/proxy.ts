import { once } from 'node:events';
import {
  type ChaosEvent,
  commandLineOptions,
  keepYoungHeapSmall,
  type OptionValues,
  readConfig,
  startChaos,
} from '@marteau/chaos';
import { isMarteauError } from '@marteau/shared';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import type { World } from '../world.ts';

/** Runs chaos proxies until Ctrl-C: by Vaurien's command line or ini file, by YAML, or by Toxiproxy's API alone. */
export const proxy: Command = {
  name: 'proxy',
  about: 'Run chaos proxies that break a backend on purpose.',
  usage:
    '[--backend HOST:PORT --proxy HOST:PORT --protocol NAME --behavior 5:error,10:delay] [--config FILE] [--control HOST:PORT] [--events]',
  options: commandLineOptions,
  maxArguments: 0,
  async run({ options }, world) {
    const values = options as OptionValues;
    try {
      const config = readConfig(values, world.cwd);
      for (const name of config.ignored)
        world.err(`--${name} has no effect here, and nothing is missing without it.\n`);
      keepYoungHeapSmall();
      await using chaos = await startChaos(config);
      for (const { name, listen, upstream, protocol } of chaos.proxies.all) {
        world.err(`${name}: ${listen} to ${upstream} (${protocol.name})\n`);
      }
      if (chaos.control) world.err(`control: ${chaos.control.url}\n`);
      if (values.events)
        chaos.proxies.events.subscribe((event: ChaosEvent) => world.out(`${JSON.stringify(event)}\n`));
      await ended(world);
      return exitCodes.pass;
    } catch (error) {
      if (!isMarteauError(error, 'chaos-wrong')) throw error;
      world.err(`${error.message}\n`);
      return exitCodes.usage;
    }
  },
};

async function ended({ enough, signal }: World): Promise<void> {
  const over = AbortSignal.any([enough, signal]);
  if (!over.aborted) await once(over, 'abort');
}
