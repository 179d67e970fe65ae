import { strongestSandbox, sweepCompartments, sweepLeftovers } from '@marteau/launch';
import type { Store } from '@marteau/store';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Gate } from '../gate.ts';
import { workFolderSweep } from '../lease/work-folder.ts';

interface Options {
  config: Config;
  store: Store;
  gate: Gate;
  log: Logger;
}

/**
 * What workers left behind on this machine that were killed: programs where no sandbox holds them, and folders. To be
 * called at the start, before anything is taken, and then over and over; it keeps still while load is generated.
 */
export function sweeper({ config, store, gate, log }: Options): () => Promise<void> {
  const sweepFolders = workFolderSweep(config.dataFolder, config.node.name);
  let isFirst = true;
  return async () => {
    if (gate.isLoading) return;
    const processes = isFirst || !strongestSandbox().isSealed ? sweepLeftovers() : [];
    isFirst = false;
    await sweepCompartments();
    const alive = (await store.nodes.list()).filter(({ state }) => state !== 'dead');
    const folders = await sweepFolders(new Set(alive.map(({ name }) => name)));
    if (processes.length + folders.length > 0)
      log.info({ processes, folders }, 'removed what dead workers left behind');
  };
}
