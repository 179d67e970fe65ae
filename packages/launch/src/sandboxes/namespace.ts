import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tool } from '../find-program.ts';
import { awaitOrders, ordersFor } from './orders.ts';
import type { Command, Enclosure, Sandbox } from './sandbox.ts';

const HELD_MS = 200;
const PROBE_MS = 10_000;

/**
 * A sandbox that is a PID namespace: when its first process ends, the kernel kills every other process in it,
 * also daemons that left the process group, and `unshare` only ends once all of them are gone.
 *
 *     we ──▶ setpriv: dies when we die ─exec─▶ unshare: waits ══ namespace ══▶ sh ─exec─▶ timeout ──▶ the program
 *      └──────────────────────── asks, is told what to do ─────────────────────┘ (PID 1)
 *
 * The shell asks for its orders because unshare may die, with us, just before it has tied PID 1 to itself: an answer
 * proves that this has not happened. And the program's environment reaches nothing outside of the namespace, where a
 * variable like LD_PRELOAD could escape it.
 *
 * PID 1 is at last a `timeout` without a time, because the kernel ignores signals to a PID 1 that has no handler for
 * them: a program in that place could neither be asked to end nor end itself by a signal.
 * @param entrance a program and its arguments that makes the namespace, waits for it, and has PID 1 in it become what
 *   follows; of its descriptors those up to `descriptor` are needed
 */
export function namespaceSandbox(name: string, entrance: (descriptor: number) => readonly string[]): Sandbox {
  const enclose = (command: Command, descriptor: number): Enclosure => ({
    command: {
      file: tool('setpriv'),
      args: ['--pdeathsig', 'KILL', ...entrance(descriptor), tool('sh'), '-c', awaitOrders(descriptor)],
      env: {},
    },
    orders: ordersFor(
      { ...command, file: tool('timeout'), args: ['--foreground', '0', command.file, ...command.args] },
      tool('env'),
    ),
    terminate,
    kill,
    async clear() {}, // unshare has waited for the whole namespace
  });
  return { name, isSealed: true, enclose, isAvailable: () => process.platform === 'linux' && works(enclose) };
}

function terminate(pid: number): void {
  const init = childOf(pid);
  if (init === undefined || childOf(init) === undefined)
    kill(pid); // the program has not been started yet: there is nobody to ask
  else if (isWaiting(init)) send(init, 'SIGTERM');
  else setTimeout(terminate, 1, pid); // a timeout that has just forked ends by the signal instead of passing it on
}

/**
 * Kills the program: PID 1 then ends, the kernel kills all the rest, and unshare ends last, passing the code on.
 * (An unshare whose PID 1 was killed writes a complaint into the program's stderr.)
 */
function kill(pid: number): void {
  send(pid, 'SIGSTOP'); // so that it does not fork between the look and the kill
  const init = childOf(pid);
  const program = init && childOf(init);
  if (program === undefined) {
    send(pid, 'SIGKILL');
    if (init !== undefined) send(init, 'SIGKILL');
    return;
  }
  send(program, 'SIGKILL');
  send(pid, 'SIGCONT');
  setTimeout(() => killHeld(pid, init!), HELD_MS).unref();
}

/** A hostile program may hold PID 1 with a debugger: then that is killed too. */
function killHeld(pid: number, init: number): void {
  if (childOf(pid) === init) send(init, 'SIGKILL');
}

/** Tries the whole chain: a program that is not PID 1 but its child, and whose exit code arrives. */
function works(enclose: Sandbox['enclose']): boolean {
  if (!existsSync(childrenFile(process.pid))) return false;
  const program = { file: '/bin/sh', args: ['-c', 'test "$PPID" = 1 && exit 7'], env: {} };
  const { command, orders } = enclose(program, 0);
  const { status } = spawnSync(command.file, command.args, {
    env: command.env,
    input: orders,
    stdio: ['pipe', 'ignore', 'ignore'],
    timeout: PROBE_MS,
    killSignal: 'SIGKILL',
  });
  return status === 7;
}

function isWaiting(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat[stat.lastIndexOf(')') + 2] !== 'R';
  } catch {
    return true; // it has ended
  }
}

/** The eldest child of a process. */
export function childOf(pid: number): number | undefined {
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

/** A PID namespace for who is root (or has CAP_SYS_ADMIN). */
export const pidNamespace = namespaceSandbox('pid-namespace', unshare());

/**
 * A PID namespace inside a user namespace, for who is not root. The program stays who we are: as a mapped root it
 * would try to chown what it unpacks, and some programs refuse to run.
 */
export const userNamespace = namespaceSandbox('user-namespace', unshare('--user', '--map-current-user'));

function unshare(...options: string[]): () => string[] {
  return () => [tool('unshare'), ...options, '--pid', '--fork', '--kill-child', '--mount-proc'];
}
