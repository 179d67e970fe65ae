import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { foreignError, MarteauError } from '@marteau/shared';
import { launchChild } from './child.ts';
import { childJobOf } from './child-job.ts';
import { endOf } from './end-of.ts';
import type { ShareJob } from './job.ts';
import type { ChildMessage } from './messages.ts';
import type { ShareOptions, ShareReady } from './start-share.ts';

/** What loading a script needs; nothing is measured. */
export type CheckJob = Pick<
  ShareJob,
  'root' | 'wdir' | 'script' | 'test' | 'target' | 'env' | 'options' | 'secrets' | 'limits'
>;

/**
 * Loads a script as a share would, lists its tests, and runs none of them. Its console is thrown away.
 * Rejects with nothing; what is wrong with the script is the answer.
 */
export async function checkScript(job: CheckJob, { launch, signal }: ShareOptions): Promise<ShareReady> {
  try {
    return await load(job, { launch, signal });
  } catch (error) {
    if (error instanceof MarteauError) return { error };
    throw error;
  }
}

async function load(job: CheckJob, { launch, signal }: ShareOptions): Promise<ShareReady> {
  const share = { index: 0, of: 1 };
  const childJob = await childJobOf({ ...job, plan: null, share, node: '', out: '', run: null, threads: 1 });
  let answer: ShareReady | null = null;
  const receive = (message: ChildMessage) => {
    if (message.type === 'ready') answer ??= { tests: message.tests, shared: message.shared };
    if (message.type === 'failed') {
      answer ??= { error: foreignError(message.code, message.params) };
    }
  };
  const token = randomBytes(16).toString('hex');
  const child = await launchChild({
    job: childJob,
    token,
    cwd: join(job.root, job.wdir),
    launch,
    signal,
    receive,
  });
  child.stdout.resume();
  child.stderr.resume();
  const exit = await child.exited;
  return answer ?? { error: endOf(exit) };
}
