import { launch } from '@marteau/launch';
import { calibrate } from '@marteau/load';
import type { Context } from './context.ts';

/**
 * Measures what this node can generate, against a target of its own, when somebody asks for it on the page of nodes.
 * Nothing else is done here meanwhile; a node that is not free any more is left alone.
 */
export async function testNode({ node, gate, activity, leaving, log, now }: Context): Promise<void> {
  if (!(await node.beginTest())) {
    log.info('not tested: the node is not free any more');
    return;
  }
  const at = new Date(now()).toISOString();
  try {
    const { holds, sentence } = await activity.during('being tested', () =>
      gate.load(leaving.asked, () => calibrate({ launch, signal: leaving.asked })),
    );
    log.info({ rate: holds }, 'tested');
    await node.endTest({ at, rate: holds, sentence });
  } catch (error) {
    const { message } = error as Error;
    log.warn({ err: error }, 'the test of this node did not end');
    await node.endTest({ at, rate: null, sentence: `The test did not come to its end: ${message}` });
  }
}
