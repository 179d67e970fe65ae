import { type ChildProcess, spawn } from 'node:child_process';
import { Duplex, Readable, type Writable } from 'node:stream';
import { Ending } from './ending.ts';
import { type Exit, type ExitCause, exitOf, neverRan } from './exit.ts';
import { findProgram } from './find-program.ts';
import { limitMemory } from './limit-memory.ts';
import { limitOutput } from './limit-output.ts';
import { forgetRunning, rememberRunning } from './running.ts';
import { strongestSandbox } from './sandboxes/registry.ts';
import type { Enclosure, Sandbox } from './sandboxes/sandbox.ts';
import type { Launched, LaunchSpec } from './spec.ts';

const DEFAULT_GRACE_MS = 2000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Starts a foreign program so that it can be stopped whole: with `stop()`, the signal, the deadline, the output
 * limit, and with this process's own end, however that comes. Never throws for what the program is or does: see
 * `Launched.exited`. (On Linux the program dies with the *thread* that launched it: launch from the main thread.)
 */
export function launch(spec: LaunchSpec, sandbox: Sandbox = strongestSandbox()): Launched {
  if (spec.signal.aborted)
    return notLaunched(spec, neverRan('aborted', `${spec.file} was not started: the run was stopped`));
  const found = findProgram(spec.file, spec.cwd, spec.env.PATH);
  if ('problem' in found) return notLaunched(spec, neverRan('could-not-start', found.problem));
  const program = { file: found.path, args: spec.args ?? [], env: spec.env };
  const { maxMemoryBytes } = spec;
  const enclosure = sandbox.enclose(
    maxMemoryBytes === undefined ? program : limitMemory(program, maxMemoryBytes),
  );
  const child = start(spec, enclosure);
  if (child instanceof Error || child.pid === undefined) {
    const why = child instanceof Error ? child : new Error('the system refused to start it');
    return notLaunched(
      spec,
      neverRan('could-not-start', `${spec.file} could not be started: ${why.message}`),
    );
  }
  return supervise(spec, enclosure, child, child.pid);
}

function start(spec: LaunchSpec, { command }: Enclosure): ChildProcess | Error {
  try {
    const extra = Array.from({ length: spec.extraPipes ?? 0 }, () => 'pipe' as const);
    const child = spawn(command.file, command.args, {
      cwd: spec.cwd,
      env: { ...command.env },
      stdio: [spec.stdin ?? 'ignore', 'pipe', 'pipe', ...extra],
      detached: true, // a session of its own: the terminal's Ctrl-C is ours to handle
    });
    for (const stream of child.stdio) stream?.on('error', () => {}); // a pipe that breaks is told by the exit
    return child;
  } catch (error) {
    return error as Error; // for example a NUL byte in an argument
  }
}

function supervise(spec: LaunchSpec, enclosure: Enclosure, child: ChildProcess, pid: number): Launched {
  const { promise: exited, resolve } = Promise.withResolvers<Exit>();
  const ending = new Ending(pid, enclosure);
  const end = (cause: ExitCause, graceMs = spec.graceMs ?? DEFAULT_GRACE_MS): void =>
    ending.begin(cause, graceMs);
  const abort = (): void => end('aborted');
  const deadline = spec.deadlineMs === undefined ? undefined : timer(spec.deadlineMs, () => end('deadline'));

  spec.signal.addEventListener('abort', abort, { once: true });
  rememberRunning(pid, enclosure);
  child.once('exit', async (code, signal) => {
    clearTimeout(deadline);
    spec.signal.removeEventListener('abort', abort);
    await ending.finish();
    forgetRunning(pid);
    resolve(exitOf(spec.file, ending.cause, code, signal, spec));
  });

  const written = [child.stdout!, child.stderr!];
  const [stdout, stderr] =
    spec.maxOutputBytes === undefined
      ? written
      : limitOutput(written, spec.maxOutputBytes, () => end('output-limit', 0));
  const stop = (options?: { readonly graceMs?: number }): Promise<Exit> => {
    end('stopped', options?.graceMs);
    return exited;
  };
  return {
    pid,
    stdin: child.stdin,
    stdout: stdout!,
    stderr: stderr!,
    pipes: child.stdio.slice(3) as Duplex[],
    stop,
    exited,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

function timer(ms: number, run: () => void): NodeJS.Timeout {
  return setTimeout(run, Math.min(ms, LONGEST_TIMER_MS));
}

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
