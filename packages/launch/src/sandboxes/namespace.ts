import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { DEFAULT_PATH, findProgram } from '../find-program.ts';
import type { Command, Enclosure, Sandbox } from './sandbox.ts';

const HELD_MS = 200;

/**
 * A sandbox that is a PID namespace: when its first process ends, the kernel kills every other process in it,
 * also daemons that left the process group, and `unshare` only ends once all of them are gone.
 *
 *     we ──▶ setpriv: dies when we die ──exec──▶ unshare: waits ══ namespace ══▶ timeout (PID 1) ──▶ the program
 *
 * PID 1 is a `timeout` without a time, because the kernel ignores signals to a PID 1 that has no handler for
 * them: a program in that place could neither be asked to end nor end itself by a signal.
 */
export function namespaceSandbox(name: string, unshareOptions: readonly string[]): Sandbox {
  const prefix = (): string[] => [
    ...[tool('setpriv'), '--pdeathsig', 'KILL'],
    ...[tool('unshare'), ...unshareOptions, '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...[tool('timeout'), '--foreground', '0'],
  ];
  return {
    name,
    isAvailable: () =>
      process.platform === 'linux' && existsSync(childrenFile(process.pid)) && works(prefix()),
    enclose: (command) => enclose(command, prefix()),
  };
}

function enclose({ file, args, env }: Command, [first, ...rest]: string[]): Enclosure {
  return {
    command: { file: first!, args: [...rest, file, ...args], env },
    terminate(pid) {
      const init = childOf(pid);
      if (init !== undefined && childOf(init) !== undefined) send(init, 'SIGTERM');
      else kill(pid); // the program has not been started yet: there is nobody to ask
    },
    kill,
    async clear() {}, // unshare has waited for the whole namespace
  };
}

/**
 * Kills the program: PID 1 then ends, the kernel kills all the rest, and unshare ends last, passing the code on.
 * (An unshare whose PID 1 was killed writes a complaint into the program's stderr.)
 */
function kill(pid: number): void {
  send(pid, 'SIGSTOP'); // so that it does not fork between the look and the kill
  const init = childOf(pid);
  const program = init && childOf(init);
  send(program ?? init ?? pid, 'SIGKILL');
  send(pid, 'SIGCONT');
  if (program !== undefined) setTimeout(() => killHeld(pid, init!), HELD_MS).unref();
}

/** A hostile program may hold PID 1 with a debugger: then that is killed too. */
function killHeld(pid: number, init: number): void {
  if (childOf(pid) === init) send(init, 'SIGKILL');
}

/** Tries the whole chain: a program that is not PID 1 but its child, and whose exit code arrives. */
function works([first, ...rest]: string[]): boolean {
  const script = 'test "$PPID" = 1 && exit 7';
  const { status } = spawnSync(first!, [...rest, '/bin/sh', '-c', script], {
    env: {},
    stdio: 'ignore',
    timeout: 10_000,
  });
  return status === 7;
}

function childOf(pid: number): number | undefined {
  try {
    const [eldest] = readFileSync(childrenFile(pid), 'latin1').split(' ');
    return eldest ? Number(eldest) : undefined;
  } catch {
    return undefined; // it has ended
  }
}

function childrenFile(pid: number): string {
  return `/proc/${pid}/task/${pid}/children`;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}

function tool(name: string): string {
  const found = findProgram(name, '/', DEFAULT_PATH);
  return 'path' in found ? found.path : name;
}
