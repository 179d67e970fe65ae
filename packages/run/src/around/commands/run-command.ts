import type { Exit } from '@marteau/launch';
import type { ConsoleSource, Output } from '../../console/output.ts';
import type { LaunchForeign } from '../../launch-foreign.ts';

interface CommandOptions {
  cwd: string;
  env: Readonly<Record<string, string>>;
  console: Output;
  from: ConsoleSource;
  launch: LaunchForeign;
  signal: AbortSignal;
  deadlineMs: number;
}

/** Runs one line of the file in a shell, its output on the console. */
export async function runCommand(command: string, options: CommandOptions): Promise<Exit> {
  const { cwd, env, console, from, launch, signal, deadlineMs } = options;
  const shell = launch({
    file: '/bin/sh',
    args: ['-c', command],
    cwd,
    env,
    signal,
    deadlineMs,
  });
  const output = console.read(from, shell.stdout, shell.stderr);
  const exit = await shell.exited;
  await output;
  return { ...exit, sentence: exit.sentence.replace(/^sh /, 'it ') };
}
