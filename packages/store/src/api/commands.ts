import type { ChaosCommand } from '@marteau/shared';
import type { ShareHold } from './holds.ts';

/** What people ask of the proxies of a run while its load goes on: from the web, through Redis, to who holds it. */
export interface Commands {
  /** @throws 'not-found', 'wrong-state' unless the run is under load, 'store-unavailable' */
  send(runId: string, command: ChaosCommand): Promise<void>;
  /**
   * Hears each command for this attempt once, in order, those too that came before. A message may be missed, so it looks
   * by itself, too.
   * @returns what ends the hearing
   */
  listen(hold: ShareHold, listener: (command: ChaosCommand) => void): () => void;
}
