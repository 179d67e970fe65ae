import { hostname } from 'node:os';
import type { ResolvedFile } from '@marteau/file';
import { type Around, launchForeign, type Places, type RunConsole } from '@marteau/fixture';
import { runShare, type ShareJob, type ShareMessage } from '@marteau/load';
import type { Measurements } from '@marteau/measure';
import type { Plan } from '@marteau/shared';
import type { Interrupts } from './interrupted.ts';

interface MeasureOptions {
  file: ResolvedFile;
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

/**
 * Runs the whole load of a plan on this machine, as share 1 of 1, and resolves with what was measured. The first
 * Ctrl-C ends the load early. However it ends, nothing of it is left.
 * @throws MarteauError script-*, engine-*; the signal's reason when it aborts
 */
export function measure(options: MeasureOptions): Promise<Measurements> {
  const { console, signal, interrupts, onBegin, onMessage } = options;
  return runShare(jobOf(options), {
    launch: launchForeign,
    signal,
    onMessage,
    read: (stdout, stderr) => console.read('script', stdout, stderr),
    onStart(stop) {
      interrupts.loadBegins(() => {
        console.say('Stopping: no new iteration begins. Ctrl-C again ends at once, without a report.');
        stop();
      });
      onBegin();
    },
  });
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
