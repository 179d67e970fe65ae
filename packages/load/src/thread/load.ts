import { Agent } from '../fetch/agent.ts';
import { type Test, testsOf } from '../script/definition.ts';
import { describeThrown } from '../script/thrown.ts';
import type { ListedTest } from './messages.ts';
import type { World } from './world.ts';

/** Loads the script for the first user, and says what tests it has or what it threw. */
export async function load(world: World): Promise<void> {
  const agent = new Agent(world.client, { exchanged() {} });
  try {
    const script = await world.instances.of(0, agent);
    world.post({ type: 'loaded', tests: testsOf(script).map((test) => listed(test, world)) });
  } catch (error) {
    const { message, where, detail } = describeThrown(error, world.sources);
    world.post({
      type: 'refused',
      message: world.mask(message),
      source: where?.source ?? null,
      detail: world.mask(detail()),
    });
  }
}

function listed({ name, fullName, skipped, place }: Test, { sources }: World): ListedTest {
  return { name, fullName, skipped, source: sources.find(place)?.source ?? null };
}
