import type { Duplex, Readable, Writable } from 'node:stream';
import type { Exit } from './exit.ts';

/** What to start, with what, and how long it may take. Nothing is inherited: what is not here is not there. */
export interface LaunchSpec {
  /** A program's name, looked for on `env.PATH`, or a path (a relative one counts from `cwd`). */
  readonly file: string;
  readonly args?: readonly string[];
  /** The folder in which it starts. */
  readonly cwd: string;
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the program and all that it started; the exit then says `aborted`. */
  readonly signal: AbortSignal;
  /** Milliseconds after which it is ended; the exit then says `deadline`. */
  readonly deadlineMs?: number;
  /** Milliseconds between SIGTERM to the program and SIGKILL to all of it (default 2000; 0 kills at once). */
  readonly graceMs?: number;
  /** Bytes of stdout and stderr together after which it is ended; the exit then says `output-limit`. */
  readonly maxOutputBytes?: number;
  /** Bytes of address space for each of its processes, on Linux: an allocation beyond fails. Node takes 1.5 GB. */
  readonly maxMemoryBytes?: number;
  /** `pipe` opens `Launched.stdin`; by default the program reads an end of file. */
  readonly stdin?: 'ignore' | 'pipe';
  /** How many duplex pipes to open beside the three standard ones: the program's descriptors 3, 4, … */
  readonly extraPipes?: number;
}

/**
 * A program that was started, or could not be (then `pid` is undefined, the streams are empty, and `exited`
 * has already been decided). Attach readers at once: what nobody reads when the program ends is dropped.
 */
export interface Launched extends AsyncDisposable {
  /** The process that stands for the whole; to end it use `stop`, which ends all of it. */
  readonly pid: number | undefined;
  /** Null unless `stdin: 'pipe'`. A write to a program that has ended is dropped. */
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The ends of the extra pipes, in order of the program's descriptors. */
  readonly pipes: readonly Duplex[];
  /** Asks the program to end and, after the grace, kills all of it. May be called again, with a shorter grace. */
  stop(options?: { readonly graceMs?: number }): Promise<Exit>;
  /** Never rejects. Once it resolves no process of the launch is left; the streams may still hold output. */
  readonly exited: Promise<Exit>;
}
