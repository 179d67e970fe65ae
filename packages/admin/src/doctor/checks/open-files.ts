import { readFile } from 'node:fs/promises';
import { type Check, odd, ok } from '../check.ts';

/** A viewer of a run and a user of a load have a socket each. */
const ENOUGH = 4096;

export const openFiles: Check = {
  name: 'Open files',
  async look() {
    const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
    const most = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
    if (most === undefined) return [];
    if (most === 'unlimited' || Number(most) >= ENOUGH)
      return [ok(`A process here may have ${most} files open.`)];
    return [
      odd(
        `A process here may have ${most} files open, and each user of a load needs a socket. Set LimitNOFILE=65536 in the unit, or ulimit -n 65536 before the start.`,
      ),
    ];
  },
};
