import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive } from '@marteau/launch';
import { MarteauError } from '@marteau/shared';

/**
 * Keeps a second recorder from a file, until the answer is called. The lock of a recorder that was killed is taken over.
 * @throws tape-busy
 */
export function lockTape(file: string): () => void {
  const lock = `${file}.lock`;
  for (let attempt = 1; ; attempt++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = ownerOf(lock);
      if (attempt > 3 || (pid !== null && isAlive(pid)))
        throw new MarteauError('tape-busy', { file, pid: pid ?? 0 });
      rmSync(lock, { force: true });
    }
  }
  const unlock = () => {
    process.off('exit', unlock);
    rmSync(lock, { force: true });
  };
  process.on('exit', unlock);
  return unlock;
}

function ownerOf(lock: string): number | null {
  try {
    return Number(readFileSync(lock, 'utf8')) || null;
  } catch {
    return null; // it was released in this moment
  }
}
