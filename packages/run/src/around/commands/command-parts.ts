import { join } from 'node:path';
import { ForeignFileError, readForeignFile } from '@marteau/launch';
import { MarteauError } from '@marteau/shared';
import type { Output } from '../../console/output.ts';
import type { Places } from '../../environment/foreign-env.ts';
import type { LaunchForeign } from '../../launch-foreign.ts';
import type { AroundPart } from '../part.ts';
import { runCommand } from './run-command.ts';

const MOST_ENV_BYTES = 64 * 1024;

/** `before` of the file: what it writes to $MARTEAU_ENV is for all that follows. */
export function beforePart(commands: readonly string[]): AroundPart {
  return {
    name: 'before',
    async start({ places, env, console, phase, signal, deadlines, launch }) {
      phase.say('running before');
      const written = await runBefore({
        commands,
        places,
        env,
        console,
        launch,
        signal,
        deadlineMs: deadlines.before,
      });
      return { env: written, facts: {}, stop: async () => {} };
    },
  };
}

/** `after` of the file, which has nothing to start. */
export function afterPart(commands: readonly string[]): AroundPart {
  return {
    name: 'after',
    async start(context) {
      const { places, console, deadlines, launch } = context;
      const stop = () =>
        runAfter({
          commands,
          places,
          env: context.env,
          console,
          launch,
          signal: new AbortController().signal, // a cancelled run has its `after`, too
          deadlineMs: deadlines.after,
        });
      return { env: {}, facts: {}, stop };
    },
  };
}

interface CommandsOptions {
  commands: readonly string[];
  places: Places;
  env: Readonly<Record<string, string>>;
  console: Output;
  launch: LaunchForeign;
  signal: AbortSignal;
  deadlineMs: number;
}

/**
 * Runs `before` of the file, one command after the other, and resolves with what they wrote to $MARTEAU_ENV.
 * @throws MarteauError before-failed, env-wrong, env-unreadable; the signal's reason when it aborts
 */
async function runBefore(options: CommandsOptions): Promise<Record<string, string>> {
  const { commands, places, env, console, launch, signal, deadlineMs } = options;
  const file = join(places.temp, 'marteau-env'); // the first command that writes to it makes it
  for (const command of commands) {
    console.say(`before: ${command}`);
    const exit = await runCommand(command, {
      cwd: places.wdir,
      env: { ...env, MARTEAU_ENV: file },
      console,
      from: 'before',
      launch,
      signal,
      deadlineMs,
    });
    signal.throwIfAborted();
    if (exit.code !== 0) throw new MarteauError('before-failed', { command, detail: exit.sentence });
  }
  const lines = await readForeignFile(file, MOST_ENV_BYTES, places.base).catch((error: unknown) => {
    throw error instanceof ForeignFileError
      ? new MarteauError('env-unreadable', { detail: error.message })
      : error;
  });
  return readEnvFile(lines?.toString('utf8') ?? '');
}

/** Runs `after` of the file, however the run ended. What fails is said on the console and changes nothing. */
async function runAfter(options: CommandsOptions): Promise<void> {
  const { commands, places, env, console, launch, signal, deadlineMs } = options;
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
      launch,
      signal,
      deadlineMs: left,
    });
    if (exit.code !== 0) console.say(`after: "${command}" did not succeed: ${exit.sentence}.`);
  }
}

/**
 * Reads the lines `NAME=value` that commands of `before` wrote to the file in $MARTEAU_ENV. Later lines win; empty
 * lines and those that begin with # say nothing.
 * @throws MarteauError env-wrong
 */
export function readEnvFile(text: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw new MarteauError('env-wrong', { line: line.slice(0, 100) });
    env[name] = value;
  }
  return env;
}
