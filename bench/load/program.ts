import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

/** With two cores and more, generator and target have one each; what `taskset` is called with. */
const cores = { generator: '0', target: '1' };

export type Role = keyof typeof cores;

export interface Program extends AsyncDisposable {
  readonly pid: number;
}

/** Whether a program is on the path. */
export function isThere(name: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name]).status === 0;
}

/** The command with which a program is bound to its role's core. */
export function pinned(role: Role, file: string, args: readonly string[]): [string, string[]] {
  if (availableParallelism() < 2 || !isThere('taskset')) return [file, [...args]];
  return ['taskset', ['-c', cores[role], file, ...args]];
}

/** Starts a program on its role's core; its disposal kills it. */
export function start(role: Role, file: string, args: readonly string[]): Program {
  const child = spawn(...pinned(role, file, args), { stdio: ['ignore', 'ignore', 'inherit'] });
  return { pid: child.pid!, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
