import { readFileSync } from 'node:fs';
import { isAlive } from '@marteau/launch';

/**
 * Who a process is beyond its pid, which may be given again: `pid@start`. The start is in clock ticks since boot
 * where /proc tells it, else nothing.
 */
export function processIdentity(pid: number): string {
  return `${pid}@${startOf(pid)}`;
}

/** Whether the process that had this identity still runs on this machine. */
export function stillRuns(identity: string): boolean {
  const [pid, start] = identity.split('@');
  return isAlive(Number(pid)) && startOf(Number(pid)) === (start ?? '');
}

/** Field 22 of /proc/PID/stat, counted after the name, which may hold anything; a zombie is as good as gone. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'gone' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
