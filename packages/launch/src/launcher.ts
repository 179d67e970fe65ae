import type { Duplex, Readable, Writable } from 'node:stream';

/**
 * How a part of the house that may not import `packages/launch` starts a program: whoever calls it hands in the
 * launcher. `launch` of `@marteau/launch` is one; what a field means in detail is said there.
 */
export type Launch = (request: LaunchRequest) => LaunchedProgram | Promise<LaunchedProgram>;

/** A program with, beside the three standard descriptors, `extraPipes` more from 3 on. */
export interface LaunchRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the program and all that it started. */
  readonly signal: AbortSignal;
  /** Open; else it reads an end of file. */
  readonly stdin?: 'pipe';
  readonly extraPipes: number;
}

export interface LaunchedProgram {
  /** Undefined when it could not be started; then `exited` says why. */
  readonly pid: number | undefined;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The parent's ends of descriptors 3, 4, … */
  readonly pipes: readonly Duplex[];
  /** Ends all of it, after `graceMs` at the latest. */
  stop(options?: { readonly graceMs?: number }): Promise<ProgramExit>;
  /** Never rejects; once it resolves, nothing that the program started is left. */
  readonly exited: Promise<ProgramExit>;
}

export interface ProgramExit {
  /** As a shell says it; null when it never ran. */
  readonly code: number | null;
  readonly signal: string | null;
  /** One sentence for a person, without a full stop. */
  readonly sentence: string;
}
