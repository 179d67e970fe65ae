import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Around, launchForeign, type Places } from '@marteau/fixture';
import { runShare } from '@marteau/load';
import type { Measurements } from '@marteau/measure';
import { onceTrigger, type Plan } from '@marteau/shared';
import type { ShareLease } from '@marteau/store';
import type { Context } from '../context.ts';
import type { RunWork } from '../run-work.ts';
import type { Stage } from '../stage/stage.ts';
import { tellProgress } from './tell-progress.ts';

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
  stage: Stage<ShareLease>,
  { work, plan, places, around, secrets, signal, barrier }: GenerateOptions,
): Promise<Measurements> {
  const { hold, run, console } = stage;
  const { file } = work;
  const out = join(stage.work, 'out');
  await mkdir(out);
  return runShare(
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
      launch: launchForeign,
      signal,
      onMessage: tellProgress(store, stage, plan),
      read: (stdout, stderr) => console.read('script', stdout, stderr),
      begin: barrier,
      onStart(stop) {
        if (stage.stop.aborted) stop();
        else stage.stop.addEventListener('abort', stop, { once: true });
      },
    },
  );
}
