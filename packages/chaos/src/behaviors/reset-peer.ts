import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';
import { milliseconds } from './options.ts';

/** "Connection reset by peer." */
export const resetPeer = defineBehavior({
  name: 'reset_peer',
  about: 'Cuts the connection with a TCP reset, a time after its first bytes, none of which arrive.',
  options: Type.Object({ timeout: milliseconds({ description: 'Waits so many ms.', default: 0 }) }),
  per: ['connection'],
  stream({ timeout }, active) {
    let timer: NodeJS.Timeout | undefined;
    return {
      detail: `resets after ${timeout} ms`,
      chunk(chunk) {
        if (timeout === 0) active.connection.reset();
        else timer ??= setTimeout(() => active.connection.reset(), timeout);
        chunk.waits.push({ by: active, ms: Infinity });
        return true;
      },
      changed: () => clearTimeout(timer), // armed anew with the next bytes
      removed: () => clearTimeout(timer),
    };
  },
});
