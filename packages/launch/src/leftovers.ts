import { setTimeout as sleep } from 'node:timers/promises';
import { processes } from './processes.ts';

const VARIABLE = 'MARTEAU_LAUNCH';
const LOOK_EVERY_MS = 10;
const MOST_LOOKS = 500;

/**
 * What a program's environment gets so that it can be found again: who started it, its number, and the PID namespace in
 * which that is so: a container's processes are seen from outside, where their numbers are others.
 */
export type Mark = { readonly [VARIABLE]: string };

let launches = 0;
let ourStart: string | undefined;
const ourNamespace = processes.namespace();

export function newMark(): Mark {
  ourStart ??= processes.startOf(process.pid) ?? 'unknown';
  launches += 1;
  return { [VARIABLE]: `${process.pid}.${ourStart}.${launches}.${ourNamespace}` };
}

/** Kills every process that carries this mark, once. */
export function killMarked(mark: Mark): void {
  killAll((value) => value === mark[VARIABLE]);
}

/**
 * Kills them until none is left. Two looks in a row must find none, because a process that is just becoming another
 * program shows no environment. Gives up on what no signal can end.
 */
export async function killMarkedUntilGone(mark: Mark): Promise<void> {
  for (let looks = 0, empty = 0; looks < MOST_LOOKS && empty < 2; looks++) {
    if (looks > 0) await sleep(LOOK_EVERY_MS);
    const found = processes.processesWith(VARIABLE).filter(({ value }) => value === mark[VARIABLE]);
    for (const { pid } of found) kill(pid);
    empty = found.length === 0 ? empty + 1 : 0;
  }
}

/**
 * Kills what launches of dead processes have left behind and returns the process ids. To be called when a service
 * starts. Only the process-group sandbox can leave anything: what the namespaces hold dies with its starter.
 */
export function sweepLeftovers(): number[] {
  return killAll((value) => {
    const [pid, start, , namespace] = value.split('.');
    return namespace === ourNamespace && processes.startOf(Number(pid)) !== start;
  });
}

function killAll(isOurs: (value: string) => boolean): number[] {
  const killed = new Set<number>();
  for (;;) {
    const found = processes
      .processesWith(VARIABLE)
      .filter(({ pid, value }) => !killed.has(pid) && isOurs(value));
    if (found.length === 0) return [...killed];
    for (const { pid } of found) {
      killed.add(pid);
      kill(pid);
    }
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended, or is another user's
  }
}
