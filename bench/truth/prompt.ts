import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { familyOf } from '../load/processor-time.ts';

/** Real-time priorities (sched(7)): whoever has one goes before all that has none, and the higher before the lower. */
export const PROMPT = 10;
export const PROMPTEST = 20;

/** As Linux names the threads of Node: a process's first, and those that its program makes. V8's helpers have others. */
type ThreadName = 'MainThread' | 'WorkerThread';

/**
 * Gives threads of a process and its descendants a real-time priority, where the system allows it: what else the
 * machine does, and what they have others do for them, is not what is measured.
 */
export function makePrompt(pid: number, priority: number, names: readonly ThreadName[]): void {
  for (const process of familyOf(pid)) {
    for (const thread of readdirSync(`/proc/${process}/task`)) {
      const name = readFileSync(`/proc/${process}/task/${thread}/comm`, 'utf8').trim() as ThreadName;
      if (names.includes(name)) spawnSync('chrt', ['-r', '-p', String(priority), thread]);
    }
  }
}
