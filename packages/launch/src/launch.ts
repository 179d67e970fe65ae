import { type ChildProcess, spawn } from 'node:child_process';
import { Duplex, Readable, type Writable } from 'node:stream';
import { type Exit, neverRan } from './exit.ts';
import { findProgram } from './find-program.ts';
import { strongestSandbox } from './sandboxes/registry.ts';
import type { Command, Enclosure, Sandbox } from './sandboxes/sandbox.ts';
import type { Launched, LaunchSpec } from './spec.ts';
import { supervise } from './supervise.ts';

/** What Linux takes at most: one argument or variable, and all of them together (a quarter of the usual stack). */
const LONGEST_WORD = 128 * 1024 - 1;
const LONGEST_IN_ALL = 2_000_000;

/**
 * Starts a foreign program so that it can be stopped whole: with `stop()`, the signal, the deadline, the output
 * limit, and with this process's own end, however that comes. Never throws for what the program is or does: see
 * `Launched.exited`. (On Linux the program dies with the *thread* that launched it: launch from the main thread.)
 */
export function launch(spec: LaunchSpec, sandbox: Sandbox = strongestSandbox()): Launched {
  const { file, args = [], cwd, env, signal, maxMemoryBytes, extraPipes = 0 } = spec;
  if (signal.aborted)
    return notLaunched(spec, neverRan('aborted', `${file} was not started: the run was stopped`));
  const found = findProgram(file, cwd, env.PATH);
  if ('problem' in found) return notLaunched(spec, neverRan('could-not-start', found.problem));
  const program = { file: found.path, args, env };
  const problem = whyNotStartable(program);
  if (problem) return notLaunched(spec, refused(file, problem));
  const limited = maxMemoryBytes === undefined ? program : limitMemory(program, maxMemoryBytes);
  const enclosure = sandbox.enclose(limited, 3 + extraPipes);
  const child = start(spec, enclosure);
  if (child instanceof Error) return notLaunched(spec, refused(file, child.message));
  if (child.pid !== undefined) return supervise(spec, enclosure, child, child.pid);
  const { promise, resolve } = Promise.withResolvers<Exit>();
  child.once('error', (error) => resolve(refused(file, error.message)));
  return notLaunched(spec, promise);
}

/** What the system refuses comes as an error thrown, or (out of processes, descriptors) as a child without a pid. */
function start(
  { cwd, stdin = 'ignore', extraPipes = 0 }: LaunchSpec,
  { command, orders }: Enclosure,
): ChildProcess | Error {
  const further = Array.from({ length: extraPipes + (orders === undefined ? 0 : 1) }, () => 'pipe' as const);
  try {
    const child = spawn(command.file, command.args, {
      cwd,
      env: { ...command.env },
      stdio: [stdin, 'pipe', 'pipe', ...further],
      detached: true, // a session of its own: the terminal's Ctrl-C is ours to handle
    });
    for (const stream of child.stdio ?? []) stream?.on('error', () => {}); // a pipe that breaks is told by the exit
    return child;
  } catch (error) {
    return error as Error;
  }
}

function refused(file: string, why: string): Exit {
  return neverRan('could-not-start', `${file} could not be started: ${why}`);
}

/** Why no system would start this command, if so. */
function whyNotStartable({ file, args, env }: Command): string | null {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const words = [file, ...args, ...variables];
  if (words.some((word) => word.includes('\0'))) return 'an argument or a variable holds a zero byte';
  if (Object.keys(env).some((name) => name === '' || name.includes('=')))
    return 'a variable has no proper name';
  const lengths = words.map((word) => Buffer.byteLength(word) + 1);
  const inAll = lengths.reduce((sum, length) => sum + length, 0);
  const isTooLong = inAll > LONGEST_IN_ALL || Math.max(...lengths) > LONGEST_WORD;
  return isTooLong ? 'its arguments and variables are too long' : null;
}

/**
 * The same command with a limit on each of its processes' address space, where the system has a program for that
 * (Linux). Node itself takes about 1.5 GB of it.
 */
function limitMemory(command: Command, maxBytes: number): Command {
  const prlimit = findProgram('prlimit', '/');
  if (!('path' in prlimit)) return command;
  return { ...command, file: prlimit.path, args: [`--as=${maxBytes}`, command.file, ...command.args] };
}

/** What `launch` gives for a program that never ran. */
function notLaunched(spec: LaunchSpec, exit: Exit | Promise<Exit>): Launched {
  const nowhere = (): Duplex => Duplex.from({ readable: Readable.from([]), writable: discard() });
  const exited = Promise.resolve(exit);
  return {
    pid: undefined,
    stdin: spec.stdin === 'pipe' ? discard() : null,
    stdout: Readable.from([]),
    stderr: Readable.from([]),
    pipes: Array.from({ length: spec.extraPipes ?? 0 }, nowhere),
    stop: () => exited,
    exited,
    [Symbol.asyncDispose]: async () => {},
  };
}

function discard(): Writable {
  return new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
}
