import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Around, FOREIGN_GRACE_MS, type Places } from '@marteau/fixture';
import { launch } from '@marteau/launch';
import { startShare } from '@marteau/load';
import { type Launch, type Measurements, onceTrigger, type Plan } from '@marteau/shared';
import type { ShareHold } from '@marteau/store';
import type { Context } from '../context.ts';
import type { RunWork } from '../run-work.ts';
import type { Stage } from '../stage/stage.ts';
import { tellProgress } from './tell-progress.ts';

const impatientLaunch: Launch = (request) => launch({ ...request, graceMs: FOREIGN_GRACE_MS });

interface GenerateOptions {
  work: RunWork;
  plan: Plan;
  places: Places;
  around: Around;
  /** Values that are never shown. */
  secrets: readonly string[];
  signal: AbortSignal;
  /** Waits for the other shares; resolves with the moment to start at, ms since 1970. */
  barrier: () => Promise<number>;
}

/**
 * Loads the script, waits for the other shares, runs it as load, and resolves with what was measured. "Stop and
 * report" ends the load early. However it ends, nothing of it is left.
 * @throws MarteauError script-*, engine-*; what the barrier throws; the signal's reason when it aborts
 */
export async function generate(
  { store, node }: Pick<Context, 'store' | 'node'>,
  stage: Stage<ShareHold>,
  { work, plan, places, around, secrets, signal, barrier }: GenerateOptions,
): Promise<Measurements> {
  const { hold, run, console } = stage;
  const { file } = work;
  const out = join(stage.work, 'out');
  await mkdir(out);
  const over = new AbortController();
  const share = await startShare(
    {
      root: places.tree,
      wdir: file.wdir,
      script: file.script,
      test: file.test,
      plan,
      share: { index: hold.share, of: file.nodes.count },
      node: node.node,
      target: around.target,
      env: around.env,
      out,
      options: file,
      run: run.id,
      secrets,
      trace: run.trigger === onceTrigger,
    },
    {
      launch: impatientLaunch,
      signal: AbortSignal.any([signal, over.signal]),
      onMessage: tellProgress(store, stage, plan),
    },
  );
  const output = console.read('script', share.stdout, share.stderr);
  try {
    const ready = await share.ready;
    signal.throwIfAborted();
    if ('error' in ready) throw ready.error;
    share.start(await barrier());
    if (stage.stop.aborted) share.stop();
    else stage.stop.addEventListener('abort', () => share.stop(), { once: true });
    const done = await share.done;
    signal.throwIfAborted();
    if ('error' in done) throw done.error;
    return done.measurements;
  } finally {
    over.abort();
    await share.done;
    await output;
  }
}
