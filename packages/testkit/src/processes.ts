import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * A process as /proc shows it. Where there is no /proc (macOS) no process is ever found, and what asserts that none is
 * left passes.
 */
export type ProcessInfo = { pid: number; parent: number; command: string };

/** Every process that is alive: not those that have ended and wait for their parent to notice. */
export function listProcesses(): ProcessInfo[] {
  const names = orNothing(() => readdirSync('/proc')) ?? [];
  return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => describe(Number(name)) ?? []);
}

/** The `NAME=value` lines that it was started with; none when it is somebody else's. */
export function environmentOf(pid: number): string[] {
  return orNothing(() => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')) ?? [];
}

/** Its working folder, if we may know it. */
export function folderOf(pid: number): string | undefined {
  return orNothing(() => readlinkSync(`/proc/${pid}/cwd`));
}

function describe(pid: number): ProcessInfo | undefined {
  return orNothing(() => {
    // `PID (name) STATE PARENT …`, where the name may hold anything, brackets and spaces too.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if ('ZX'.includes(state)) return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return { pid, parent: Number(parent), command };
  });
}

/** A process may end at any moment, and its files with it. */
function orNothing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
