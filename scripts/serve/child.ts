import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { eachLine } from './log-lines.ts';

/** One of our own processes: its output goes line by line to `show`, and it is asked to end when we die. */
export interface Child {
  /** Resolves with words for how it ended: "ended with exit code 1". */
  ended: Promise<string>;
  /** Asks it to end, and kills it when it has not after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export function startChild(script: string, env: NodeJS.ProcessEnv, show: (line: string) => void): Child {
  const [file, ...args] = [...dieWithUs(), process.execPath, script];
  const child: ChildProcess = spawn(file!, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.on('exit', kill);
  child.once('close', () => process.off('exit', kill));
  eachLine(child.stdout!, show);
  eachLine(child.stderr!, show);
  const ended = Promise.race([
    once(child, 'close').then(([code, signal]) =>
      signal ? `was killed by ${signal}` : `ended with exit code ${code}`,
    ),
    once(child, 'error').then(([error]) => `could not be started: ${error.message}`),
  ]);
  return {
    ended,
    async stop(graceMs) {
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(impatience);
    },
  };
}

/** Where the kernel offers it, a child is asked to end also when we are killed in a way that we cannot pass on. */
function dieWithUs(): string[] {
  const setpriv = '/usr/bin/setpriv';
  try {
    accessSync(setpriv, constants.X_OK);
    return [setpriv, '--pdeathsig', 'TERM', '--'];
  } catch {
    return [];
  }
}
