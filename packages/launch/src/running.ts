import type { Enclosure } from './sandboxes/sandbox.ts';

const running = new Map<number, Enclosure>();

/** Keeps a launch in mind, so that it is killed when this process exits in whatever orderly way. */
export function rememberRunning(pid: number, enclosure: Enclosure): void {
  if (running.size === 0) process.once('exit', killRunning);
  running.set(pid, enclosure);
}

export function forgetRunning(pid: number): void {
  running.delete(pid);
  if (running.size === 0) process.off('exit', killRunning);
}

function killRunning(): void {
  for (const [pid, enclosure] of running) enclosure.kill(pid);
}
