import { scopes } from '../script/scope.ts';
import { noteFailure } from './note-failure.ts';
import { User } from './user.ts';
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
    else if (!scope?.passage?.interrupt(error)) {
      const owner = scope?.agent.owner;
      const user = owner instanceof User ? owner : { world, number: 0, stage: null };
      noteFailure(user, error, scope?.passage?.fullName ?? '');
    }
  };
  process.on('unhandledRejection', unhandled);
  process.on('uncaughtException', unhandled);
}
