import { processesWith, startOf } from './processes.ts';

const VARIABLE = 'MARTEAU_LAUNCH';

/** What a program's environment gets so that it can be found again: who started it, and its number. */
export type Mark = { readonly [VARIABLE]: string };

let launches = 0;
let ourStart: string | undefined;

export function newMark(): Mark {
  ourStart ??= startOf(process.pid) ?? 'unknown';
  launches += 1;
  return { [VARIABLE]: `${process.pid}.${ourStart}.${launches}` };
}

/** Kills every process that carries this mark, and those it starts meanwhile. */
export function killMarked(mark: Mark): void {
  killAll((value) => value === mark[VARIABLE]);
}

/**
 * Kills what launches of dead processes have left behind and returns the process ids. To be called when a service
 * starts. Only the process-group sandbox can leave anything: what the namespaces hold dies with its starter.
 */
export function sweepLeftovers(): number[] {
  return killAll((value) => {
    const [pid, start] = value.split('.');
    return startOf(Number(pid)) !== start;
  });
}

function killAll(isOurs: (value: string) => boolean): number[] {
  const killed = new Set<number>();
  for (;;) {
    const found = processesWith(VARIABLE).filter(
      ({ pid, value }) => !killed.has(pid) && pid !== process.pid && isOurs(value),
    );
    if (found.length === 0) return [...killed];
    for (const { pid } of found) {
      killed.add(pid);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has ended, or is another user's
      }
    }
  }
}
