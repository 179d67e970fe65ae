import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

// For the user and not for the clone: two clones install into the same system.
const file = join(tmpdir(), `marteau-setup-${userInfo().uid}.lock`);

/**
 * Does the work if it is needed, one set-up at a time: who comes second waits, and then finds it done.
 * @param {() => boolean} isNeeded asked again once the lock is held
 * @param {() => Promise<void>} work
 */
export async function withLock(isNeeded, work) {
  if (!holder() && !isNeeded()) return;
  await acquire();
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    if (isNeeded()) await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function acquire() {
  let announced = false;
  for (;;) {
    if (tryToCreate()) {
      // Somebody who found the same dead holder may have removed our file right after we made it: look once more.
      await sleep(50);
      if (holder() === process.pid) return;
    }
    const pid = holder();
    if (pid && !announced) {
      say(`waiting for another set-up (process ${pid}) to finish`);
      announced = true;
    }
    if (!pid) rmSync(file, { force: true });
    await sleep(200);
  }
}

function tryToCreate() {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** The process that holds the lock, or nothing when there is none or it has died. */
function holder() {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (!(pid > 0)) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === 'EPERM' ? -1 : undefined;
  }
}
