import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A running process and what its environment says for one variable. */
export interface MarkedProcess {
  readonly pid: number;
  readonly value: string;
}

/** Every process whose environment we may read and that has the variable `name`: from /proc, elsewhere from ps. */
export function processesWith(name: string): MarkedProcess[] {
  return existsSync('/proc/self/environ') ? fromProc(name) : fromPs(name);
}

/** When a process was started, in the system's own notation: two of one number differ in it. */
export function startOf(pid: number): string | undefined {
  if (!existsSync('/proc/self/stat'))
    return (
      psOutput(['-o', 'lstart=', '-p', `${pid}`])
        .trim()
        .replaceAll(/\W+/g, '-') || undefined
    );
  const stat = readOrNothing(`/proc/${pid}/stat`);
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name may hold blanks and brackets
  const [state, startTime] = [afterName[0], afterName[19]];
  return state === 'Z' ? undefined : startTime; // a zombie has ended
}

function fromProc(name: string): MarkedProcess[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      const entry = readOrNothing(`/proc/${pid}/environ`)
        .split('\0')
        .find((variable) => variable.startsWith(`${name}=`));
      return entry ? [{ pid: Number(pid), value: entry.slice(name.length + 1) }] : [];
    });
}

function fromPs(name: string): MarkedProcess[] {
  const pattern = new RegExp(`^\\s*(\\d+) .*?(?:^|\\s)${name}=(\\S+)`);
  const options = process.platform === 'darwin' ? '-axEww' : 'axeww';
  return psOutput([options, '-o', 'pid=,command='])
    .split('\n')
    .flatMap((line) => {
      const found = pattern.exec(line);
      return found ? [{ pid: Number(found[1]), value: found[2]! }] : [];
    });
}

function psOutput(args: readonly string[]): string {
  return (
    spawnSync('/bin/ps', args, { encoding: 'utf8', env: { LANG: 'C' }, maxBuffer: 64 << 20 }).stdout ?? ''
  );
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it has ended, or is somebody else's
  }
}
