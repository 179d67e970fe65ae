import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts processor time in hundredths of a second. */
const TICK_US = 10_000;

/** User and system time of a process with all its threads and descendants so far, in µs (Linux). */
export function processorTime(pid: number): number {
  return family(pid).reduce((sum, { ticks }) => sum + ticks * TICK_US, 0);
}

/** What this process's children have used that have ended, with their own ended ones, in µs (Linux). */
export function endedChildrenTime(): number {
  return stat('self')!.ended * TICK_US;
}

/** A process and its descendants, by their numbers. */
export function familyOf(pid: number): number[] {
  return family(pid).map((each) => each.pid);
}

function family(pid: number): Stat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => stat(name) ?? []);
  const pids = new Set([pid]);
  for (let before = 0; before !== pids.size; ) {
    before = pids.size;
    for (const each of all) if (pids.has(each.parent)) pids.add(each.pid);
  }
  return all.filter((each) => pids.has(each.pid));
}

/** Resident memory in bytes. */
export function residentMemory(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  /** Of its children that have ended. */
  readonly ended: number;
}

/** proc(5): after the name in brackets, field 4 is the parent, 14 to 17 are user and system time, own and children's. */
function stat(name: string): Stat | null {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [user, system, usersOfEnded, systemOfEnded] = fields.slice(11, 15).map(Number);
    return {
      pid: Number(name),
      parent: Number(fields[1]),
      ticks: user! + system!,
      ended: usersOfEnded! + systemOfEnded!,
    };
  } catch {
    return null; // it has ended since
  }
}
