import { readFileSync } from 'node:fs';
import { tool } from '../find-program.ts';
import { seccompFilter } from './seccomp.ts';

/** Handed over as text: its file is not to be seen from inside. */
const SCRIPT = readFileSync(new URL('confine.pl', import.meta.url), 'utf8');
/** The numbers of system calls. */
export const PRCTL: Partial<Record<NodeJS.Architecture, number>> = { x64: 157, arm64: 167 };
const PRLIMIT64: typeof PRCTL = { x64: 302, arm64: 261 };
const FILTER = seccompFilter()?.toString('hex') ?? '-';

/** Of linux/landlock.h. */
const READ = 1 | 4 | 8; // execute, read a file, list a folder
const ALL = 0xffff;
/** Abstract Unix sockets of, and signals to, programs outside (Linux 6.12 and later). */
const SCOPES = 1 | 2;

/** What a program that is confined by Landlock may touch; nothing else. Absolute paths. */
export interface Reach {
  readonly readable: readonly string[];
  readonly writable: readonly string[];
}

interface Confinement {
  /** The highest descriptor that the program is to have; others, of whoever started us, are closed. */
  readonly kept: number;
  /** Where given, the files that it may touch. */
  readonly reach?: Reach;
  /** Where given, the processes and threads of its account in its user namespace, which is to be its own. */
  readonly tasks?: number;
}

/**
 * Words to put before a program that confine it, and all that it starts, for good: no new privileges, our filter of
 * system calls, abstract sockets and signals of its own alone, no cores, the first to end where memory does, and what
 * else is given.
 */
export function confine({ kept, reach, tasks }: Confinement): string[] {
  const files = reach ? [...rules(reach.readable, READ), ...rules(reach.writable, ALL)] : [];
  const landlock = [`${reach ? ALL : 0}:${SCOPES}`, ...files].join(' ');
  return [
    ...[tool('perl'), '-e', SCRIPT, `${PRCTL[process.arch]},${PRLIMIT64[process.arch]}`, String(kept)],
    ...[String(tasks ?? '-'), landlock, FILTER],
  ];
}

function rules(paths: readonly string[], access: number): string[] {
  return paths.map((path) => `${Buffer.from(path).toString('hex')}=${access}`);
}
