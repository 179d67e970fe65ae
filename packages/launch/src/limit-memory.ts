import { findProgram } from './find-program.ts';
import type { Command } from './sandboxes/sandbox.ts';

/**
 * The same command with a limit on each of its processes' address space, where the system has a program for that
 * (Linux). Node itself takes about 1.5 GB of it.
 */
export function limitMemory(command: Command, maxBytes: number): Command {
  const prlimit = findProgram('prlimit', '/');
  if (!('path' in prlimit)) return command;
  return { ...command, file: prlimit.path, args: [`--as=${maxBytes}`, command.file, ...command.args] };
}
