import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A running process and what its environment says for one variable. */
export interface MarkedProcess {
  readonly pid: number;
  readonly value: string;
}

/** Where facts about processes come from. */
export interface ProcessSource {
  /** Every process whose environment we may read and that has the variable `name`. */
  processesWith(name: string): MarkedProcess[];
  /** When a process was started, in the system's own notation: two of one number differ in it. */
  startOf(pid: number): string | undefined;
  /** Within which processes have their numbers: two of one number in two namespaces are two. Without dots. */
  namespace(): string;
}

/** Linux. */
export const proc: ProcessSource = {
  processesWith(name) {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((pid) => {
        const entry = readOrNothing(`/proc/${pid}/environ`)
          .split('\0')
          .find((variable) => variable.startsWith(`${name}=`));
        return entry ? [{ pid: Number(pid), value: entry.slice(name.length + 1) }] : [];
      });
  },
  startOf(pid) {
    const stat = readOrNothing(`/proc/${pid}/stat`);
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name may hold blanks and brackets
    const [state, startTime] = [afterName[0], afterName[19]];
    return state === 'Z' ? undefined : startTime; // a zombie has ended
  },
  namespace: () => /\d+/.exec(linkOrNothing('/proc/self/ns/pid'))?.[0] ?? '',
};

/** macOS, and whatever else has no /proc. */
export const ps: ProcessSource = {
  processesWith(name) {
    const options = process.platform === 'darwin' ? '-axEww' : 'axeww';
    const pattern = new RegExp(`^\\s*(\\d+) .*?(?:^|\\s)${name}=(\\S+)`);
    return runPs([options, '-o', 'pid=,command='])
      .split('\n')
      .flatMap((line) => {
        const found = pattern.exec(line);
        return found ? [{ pid: Number(found[1]), value: found[2]! }] : [];
      });
  },
  startOf(pid) {
    const [state, ...start] = runPs(['-o', 'state=,lstart=', '-p', `${pid}`])
      .trim()
      .split(/\s+/);
    return !state || state.startsWith('Z') ? undefined : start.join('-').replaceAll(':', '-');
  },
  namespace: () => '',
};

/** What this machine has. */
export const processes: ProcessSource = existsSync('/proc/self/environ') ? proc : ps;

function runPs(args: readonly string[]): string {
  const { stdout } = spawnSync('/bin/ps', args, {
    encoding: 'utf8',
    env: { LANG: 'C' },
    maxBuffer: 64 << 20,
  });
  return stdout ?? '';
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it has ended, or is somebody else's
  }
}

function linkOrNothing(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Whether there is such a process, whosever it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // alive, and somebody else's
  }
}
