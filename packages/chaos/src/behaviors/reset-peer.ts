import { Type } from 'typebox';
import { defineBehavior } from './behavior.ts';
import { milliseconds } from './options.ts';

/** "Connection reset by peer." */
export const resetPeer = defineBehavior({
  name: 'reset_peer',
  about: 'Cuts the connection with a TCP reset, a time after its first bytes, none of which arrive.',
  options: Type.Object({ timeout: milliseconds({ description: 'Waits so many ms.', default: 0 }) }),
  per: ['connection'],
  stream({ timeout }, worker) {
    let timer: NodeJS.Timeout | undefined;
    return {
      detail: `resets after ${timeout} ms`,
      piece(piece) {
        if (timeout === 0) worker.connection.reset();
        else timer ??= setTimeout(() => worker.connection.reset(), timeout);
        piece.holds.push({ by: worker, ms: Infinity });
        return true;
      },
      changed: () => clearTimeout(timer), // armed anew with the next bytes
      removed: () => clearTimeout(timer),
    };
  },
});
