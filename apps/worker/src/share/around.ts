import type { EffectiveFile } from '@marteau/shared';
import type { Deadlines } from '../config.ts';
import type { RunConsole } from '../console/run-console.ts';
import type { PhaseReporter } from '../stage/phase-reporter.ts';
import { startApp } from './app.ts';
import { runAfter, runBefore } from './before.ts';
import type { Places } from './foreign-env.ts';

export interface AroundOptions {
  file: EffectiveFile;
  places: Places;
  /** Of every command, with what the file declares. */
  env: Readonly<Record<string, string>>;
  console: RunConsole;
  phase: PhaseReporter;
  signal: AbortSignal;
  deadlines: Deadlines;
  /** The app ended although nobody stopped it. */
  onAppDeath: (sentence: string) => void;
}

/** What stands around the load. Disposing of it stops the app and runs `after`. */
export interface Around extends AsyncDisposable {
  /** The environment of the script. */
  env: Record<string, string>;
  /** What the run hits; null where nothing names it. */
  target: string | null;
}

/**
 * Runs `before` and starts the app. However this or the load ends, `after` is run.
 * @throws what `runBefore` and `startApp` throw
 */
export async function startAround(options: AroundOptions): Promise<Around> {
  const { file, places, console, phase, signal, deadlines, onAppDeath } = options;
  let env = { ...options.env };
  await using stack = new AsyncDisposableStack();
  stack.defer(() =>
    runAfter({
      commands: file.after,
      places,
      env,
      console,
      signal: new AbortController().signal, // a cancelled run has its `after`, too
      deadlineMs: deadlines.after,
    }),
  );
  if (file.before.length > 0) phase.say('running before');
  env = {
    ...env,
    ...(await runBefore({
      commands: file.before,
      places,
      env,
      console,
      signal,
      deadlineMs: deadlines.before,
    })),
  };
  let [target = null] = file.targets;
  if (file.app) {
    phase.say('starting the app');
    const app = await startApp({
      app: file.app,
      places,
      env,
      console,
      signal,
      setupDeadlineMs: deadlines.install,
      onDeath: onAppDeath,
    });
    stack.defer(() => app.stop());
    target ??= app.url;
  }
  if (target !== null) env = { ...env, MARTEAU_TARGET: target };
  const kept = stack.move();
  return { env, target, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
