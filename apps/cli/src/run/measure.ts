import { hostname } from 'node:os';
import { type Around, FOREIGN_GRACE_MS, type Places, type RunConsole } from '@marteau/fixture';
import { launch } from '@marteau/launch';
import { type ShareJob, type ShareMessage, startShare } from '@marteau/load';
import type { EffectiveFile, Launch, Measurements, Plan } from '@marteau/shared';
import type { Interrupts } from './interrupted.ts';

interface MeasureOptions {
  file: EffectiveFile;
  once: boolean;
  plan: Plan;
  places: Places;
  around: Around;
  /** Values that are never shown. */
  secrets: readonly string[];
  /** The run's id. */
  run: string;
  /** The folder for what the engine hands in. */
  out: string;
  console: RunConsole;
  signal: AbortSignal;
  interrupts: Interrupts;
  /** Called when the load begins. */
  onBegin: () => void;
  onMessage: (message: ShareMessage) => void;
}

const impatientLaunch: Launch = (request) => launch({ ...request, graceMs: FOREIGN_GRACE_MS });

/**
 * Runs the whole load of a plan on this machine, as share 1 of 1, and resolves with what was measured. The first
 * Ctrl-C ends the load early. However it ends, nothing of it is left.
 * @throws MarteauError script-*, engine-*; the signal's reason when it aborts
 */
export async function measure(options: MeasureOptions): Promise<Measurements> {
  const { console, signal, interrupts, onBegin, onMessage } = options;
  const over = new AbortController();
  const share = await startShare(jobOf(options), {
    launch: impatientLaunch,
    signal: AbortSignal.any([signal, over.signal]),
    onMessage,
  });
  const output = console.read('script', share.stdout, share.stderr);
  try {
    const ready = await share.ready;
    signal.throwIfAborted();
    if ('error' in ready) throw ready.error;
    interrupts.loadBegins(() => {
      console.say('Stopping: no new iteration begins. Ctrl-C again ends at once, without a report.');
      share.stop();
    });
    onBegin();
    share.start();
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

function jobOf({ file, once, plan, places, around, secrets, run, out }: MeasureOptions): ShareJob {
  return {
    root: places.tree,
    wdir: file.wdir,
    script: file.script,
    test: file.test,
    plan,
    share: { index: 0, of: 1 },
    node: hostname(),
    target: around.target,
    env: around.env,
    out,
    // What is tried once is neither a search for capacity nor stopped by a threshold.
    options: once ? { ...file, load: undefined, stopIf: [] } : file,
    run,
    secrets,
    trace: once,
  };
}
