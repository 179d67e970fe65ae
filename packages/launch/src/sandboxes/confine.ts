import { readFileSync } from 'node:fs';
import { tool } from '../find-program.ts';
import { seccompFilter } from './seccomp.ts';

/** Handed over as text: its file is not to be seen from inside. */
const SCRIPT = readFileSync(new URL('confine.pl', import.meta.url), 'utf8');
const PRCTL: Partial<Record<NodeJS.Architecture, number>> = { x64: 157, arm64: 167 };

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

/**
 * Words to put before a program that confine it, and all that it starts, for good: no new privileges, our filter of
 * system calls, abstract sockets and signals of its own alone, and, where a reach is given, files too.
 */
export function confine(reach?: Reach): string[] {
  const files = reach ? [...rules(reach.readable, READ), ...rules(reach.writable, ALL)] : [];
  const landlock = [`${reach ? ALL : 0}:${SCOPES}`, ...files].join(' ');
  const filter = seccompFilter()?.toString('hex') ?? '-';
  return [tool('perl'), '-e', SCRIPT, String(PRCTL[process.arch]), landlock, filter];
}

function rules(paths: readonly string[], access: number): string[] {
  return paths.map((path) => `${Buffer.from(path).toString('hex')}=${access}`);
}
