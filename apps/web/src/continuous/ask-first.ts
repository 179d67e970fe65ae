import { ForgeRefusal } from '@marteau/forge';
import type { Cause } from '@marteau/shared';
import type { Hook } from '@marteau/store';
import type { Continuous } from './context.ts';
import { forgeOfProject } from './forge-of-project.ts';

const WORDS = 'It comes from a fork: somebody has to approve this head before it is run.';

/**
 * Has the forge show that the head of a fork waits for a person; a head that has a run already is left alone.
 * @throws ForgeRefusal where another try may help
 */
export async function askFirst(
  context: Continuous,
  hook: Hook,
  { sha, context: name, pull }: Cause,
): Promise<{ asked: string } | { ignored: string }> {
  const { runs } = await context.store.runs.list({ project: hook.repo, limit: 200 });
  const isKnown = runs.some(({ cause }) => cause?.pull?.number === pull?.number && cause?.sha === sha);
  if (isKnown) return { ignored: 'This head was approved already.' };
  const { forge, api } = await forgeOfProject(context, hook);
  if (forge.status && name !== undefined) {
    const url = `${context.url}/projects/${hook.project}/hook`;
    const told = forge.status(api, sha, { context: name, state: 'pending', description: WORDS, url });
    await told.catch((error: unknown) => {
      if (!(error instanceof ForgeRefusal) || error.again) throw error;
      context.log.info(
        { project: hook.project, err: error.message },
        'a forge was not told that a head waits',
      );
    });
  }
  return { asked: WORDS };
}
