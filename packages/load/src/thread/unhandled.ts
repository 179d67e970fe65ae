import { scopes } from '../script/scope.ts';
import { noteFailure } from './note-failure.ts';
import { VirtualUser } from './virtual-user.ts';
import type { World } from './world.ts';

/**
 * What a script leaves to nobody (a promise without a catch, an error in a timer) fails the test that it began in,
 * and only that.
 * @param refuse is called with what was thrown while the script was loaded for the first time
 */
export function catchUnhandled(world: World, refuse: (error: unknown) => void): void {
  const unhandled = (error: unknown) => {
    const scope = scopes.getStore();
    if (scope?.suite && !world.loaded) refuse(error);
    else if (!scope?.running?.interrupt(error)) {
      const owner = scope?.agent.owner;
      const user = owner instanceof VirtualUser ? owner : { world, number: 0, stage: null };
      noteFailure(user, error, scope?.running?.fullName ?? '');
    }
  };
  process.on('unhandledRejection', unhandled);
  process.on('uncaughtException', unhandled);
}
