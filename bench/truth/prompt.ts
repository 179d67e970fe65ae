import { spawnSync } from 'node:child_process';

/** Real-time priorities (sched(7)): whoever has one goes before all that has none, and the higher before the lower. */
export const PROMPT = 10;
export const PROMPTEST = 20;

/**
 * A command with a real-time priority, where the system allows it: what else the machine does is not what is measured.
 */
export function prompt(priority: number, file: string, args: readonly string[]): [string, string[]] {
  const asked = ['-r', String(priority)];
  const isAllowed = spawnSync('chrt', [...asked, 'true']).status === 0;
  return isAllowed ? ['chrt', [...asked, file, ...args]] : [file, [...args]];
}
