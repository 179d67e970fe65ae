import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MarteauError } from '@marteau/shared';
import type { RunConsole } from '../console/run-console.ts';
import { readEnvFile } from './env-file.ts';
import type { Places } from './foreign-env.ts';
import { runCommand } from './run-command.ts';

const MOST_ENV_BYTES = 64 * 1024;

interface CommandsOptions {
  commands: readonly string[];
  places: Places;
  env: Readonly<Record<string, string>>;
  console: RunConsole;
  signal: AbortSignal;
  deadlineMs: number;
}

/**
 * Runs `before` of the file, one command after the other, and resolves with what they wrote to $MARTEAU_ENV.
 * @throws MarteauError before-failed, env-wrong; the signal's reason when it aborts
 */
export async function runBefore(options: CommandsOptions): Promise<Record<string, string>> {
  const { commands, places, env, console, signal, deadlineMs } = options;
  if (commands.length === 0) return {};
  const file = join(places.temp, 'marteau-env');
  await writeFile(file, '');
  for (const command of commands) {
    console.say(`before: ${command}`);
    const exit = await runCommand(command, {
      cwd: places.wdir,
      env: { ...env, MARTEAU_ENV: file },
      console,
      from: 'before',
      signal,
      deadlineMs,
    });
    signal.throwIfAborted();
    if (exit.code !== 0) throw new MarteauError('before-failed', { command, detail: exit.sentence });
  }
  return readEnvFile((await readFile(file)).subarray(0, MOST_ENV_BYTES).toString('utf8'));
}

/** Runs `after` of the file, however the run ended. What fails is said on the console and changes nothing. */
export async function runAfter(options: CommandsOptions): Promise<void> {
  const { commands, places, env, console, signal, deadlineMs } = options;
  const deadline = performance.now() + deadlineMs;
  for (const command of commands) {
    const left = deadline - performance.now();
    console.say(left > 0 ? `after: ${command}` : `after: no time is left for ${command}`);
    if (left <= 0) continue;
    const exit = await runCommand(command, {
      cwd: places.wdir,
      env,
      console,
      from: 'after',
      signal,
      deadlineMs: left,
    });
    if (exit.code !== 0) console.say(`after: "${command}" did not succeed: ${exit.sentence}.`);
  }
}
