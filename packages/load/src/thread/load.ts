import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Agent } from '../fetch/agent.ts';
import { type Test, testsOf } from '../script/definition.ts';
import { lastLoaded } from '../script/resolve.ts';
import { scopes } from '../script/scope.ts';
import { placeOfMistake } from '../script/syntax.ts';
import { describeThrown } from '../script/thrown.ts';
import type { ListedTest } from './messages.ts';
import { noteFailure } from './note-failure.ts';
import { ProcessExit } from './process-exit.ts';
import { VirtualUser } from './virtual-user.ts';
import type { World } from './world.ts';

/** Loads the script for the first user, and says what tests it has or what it threw. */
export async function load(world: World): Promise<void> {
  const agent = new Agent(world.client, { exchanged() {} });
  agent.own = world.instances.ownOf(0);
  catchUnhandled(world, (error) => refuse(world, error));
  try {
    const script = await world.instances.of(0, agent);
    // What it began and left to nobody throws before this.
    await turn();
    world.loaded = true;
    world.post({
      type: 'loaded',
      tests: testsOf(script).map((test) => listed(test, world)),
      shared: world.changedBuiltins(),
    });
  } catch (error) {
    refuse(world, error);
  }
}

function refuse(world: World, error: unknown): void {
  const place = error instanceof SyntaxError ? placeOfMistake(fileURLToPath(lastLoaded)) : '';
  const { message, where, detail } = describeThrown(error, world.sources, place);
  const source = where?.source ?? null;
  const exit = error instanceof ProcessExit;
  world.post({ type: 'refused', exit, message: world.mask(message), source, detail: world.mask(detail()) });
}

function listed({ name, fullName, skipped, place }: Test, { sources }: World): ListedTest {
  return { name, fullName, skipped, source: sources.find(place)?.source ?? null };
}

/**
 * What a script leaves to nobody (a promise without a catch, an error in a timer) fails the test that it began in,
 * and only that.
 * @param refuse is called with what was thrown while the script was loaded for the first time
 */
function catchUnhandled(world: World, refuse: (error: unknown) => void): void {
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
