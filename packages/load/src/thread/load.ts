import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Agent } from '../fetch/agent.ts';
import { type Test, testsOf } from '../script/definition.ts';
import { lastLoaded } from '../script/resolve.ts';
import { placeOfMistake } from '../script/syntax.ts';
import { describeThrown } from '../script/thrown.ts';
import type { ListedTest } from './messages.ts';
import { ProcessExit } from './process-exit.ts';
import { catchUnhandled } from './unhandled.ts';
import type { World } from './world.ts';

/** Loads the script for the first user, and says what tests it has or what it threw. */
export async function load(world: World): Promise<void> {
  const agent = new Agent(world.client, { exchanged() {} });
  catchUnhandled(world, (error) => refuse(world, error));
  try {
    const script = await world.instances.of(0, agent);
    // What it began and left to nobody throws before this.
    await turn();
    world.loaded = true;
    world.post({ type: 'loaded', tests: testsOf(script).map((test) => listed(test, world)) });
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
