import type { ChildProcess } from 'node:child_process';
import { type Duplex, type Readable, Transform } from 'node:stream';
import { Ending } from './ending.ts';
import { type Exit, type ExitCause, exitOf } from './exit.ts';
import type { Enclosure } from './sandboxes/sandbox.ts';
import type { Launched, LaunchSpec } from './spec.ts';

const DEFAULT_GRACE_MS = 2000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const running = new Map<number, Enclosure>();

/** Watches over what was spawned, from its start to its end. */
export function supervise(
  spec: LaunchSpec,
  enclosure: Enclosure,
  child: ChildProcess,
  pid: number,
): Launched {
  const { promise: exited, resolve } = Promise.withResolvers<Exit>();
  const ending = new Ending(pid, enclosure);
  const end = (cause: ExitCause, graceMs = spec.graceMs ?? DEFAULT_GRACE_MS): void =>
    ending.begin(cause, graceMs);
  const abort = (): void => end('aborted');
  const deadline = spec.deadlineMs === undefined ? undefined : timer(spec.deadlineMs, () => end('deadline'));

  spec.signal.addEventListener('abort', abort, { once: true });
  rememberRunning(pid, enclosure);
  const [, , , ...pipes] = child.stdio as (Duplex | null)[];
  if (enclosure.orders !== undefined) giveOrders(pipes.pop(), enclosure, pid);
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
    pipes: pipes as Duplex[],
    stop,
    exited,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** Answers what was spawned once it asks: see `Enclosure.orders`. */
function giveOrders(pipe: Duplex | null | undefined, { orders, admit }: Enclosure, pid: number): void {
  pipe?.once('data', () => {
    admit?.(pid);
    pipe.end(orders);
  });
}

function timer(ms: number, run: () => void): NodeJS.Timeout {
  return setTimeout(run, Math.min(ms, LONGEST_TIMER_MS));
}

/** Passes the streams through, back-pressure included, and reports once when together they exceed `maxBytes`. */
function limitOutput(streams: readonly Readable[], maxBytes: number, exceeded: () => void): Readable[] {
  let left = maxBytes;
  const spend = (bytes: number): void => {
    if (left < 0) return;
    left -= bytes;
    if (left < 0) exceeded();
  };
  return streams.map((stream) => {
    const limited = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        spend(chunk.length);
        done(null, left < 0 ? undefined : chunk);
      },
    });
    stream.once('error', () => limited.end());
    return stream.pipe(limited);
  });
}

/** Keeps a launch in mind, so that it is killed when this process exits in whatever orderly way. */
function rememberRunning(pid: number, enclosure: Enclosure): void {
  if (running.size === 0) process.once('exit', killRunning);
  running.set(pid, enclosure);
}

function forgetRunning(pid: number): void {
  running.delete(pid);
  if (running.size === 0) process.off('exit', killRunning);
}

function killRunning(): void {
  for (const [pid, enclosure] of running) enclosure.kill(pid);
}
