import { spawnSync } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PID_FILE } from './redis-config.ts';

const LOOK_EVERY_MS = 20;

/**
 * Ends the Redis that a start left on this folder which was killed where no namespace took it along: two on one folder
 * would ruin it. (It paints over its environment, so that no mark finds it.)
 * @param folder absolute, without symbolic links
 */
export async function endLeftover(folder: string, graceMs: number): Promise<void> {
  const pid = Number(await readFile(join(folder, PID_FILE), 'utf8').catch(() => ''));
  const killAt = performance.now() + graceMs;
  for (let asked = false; pid > 1 && isRedisIn(folder, pid); await sleep(LOOK_EVERY_MS)) {
    if (!asked) send(pid, 'SIGTERM');
    else if (performance.now() > killAt) send(pid, 'SIGKILL');
    asked = true;
  }
}

/** The number may be another program's by now, a Redis of somebody else's even, or that of a process in a namespace. */
function isRedisIn(folder: string, pid: number): boolean {
  if (!existsSync('/proc/self/cwd')) {
    const { stdout } = spawnSync('lsof', ['-a', '-p', `${pid}`, '-d', 'cwd', '-Fn'], { encoding: 'utf8' });
    return (stdout ?? '').split('\n').includes(`n${folder}`);
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false; // there is no such process, or it is somebody else's
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}
