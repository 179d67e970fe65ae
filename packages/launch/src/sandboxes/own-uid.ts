import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processes } from '../processes.ts';

/** Accounts that no system gives to anybody: above those of people, below those of containers' ranges. */
const FIRST = 60_001;
const MANY = 5_000;
/** Of what compartments share: no run has it. */
export const SHARED_UID = 60_000;

/** One file an account in use, named by its number, with the process that has it. Of root alone. */
const FOLDER = '/run/marteau-uids';
/** Who frees numbers of the dead: one at a time. */
const SWEEP = join(FOLDER, 'sweep');

/**
 * Takes the number of an account that no other compartment of this machine has.
 * @throws where all are taken, or not root asks
 */
export function claimUid(): number {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  const first = Math.floor(Math.random() * MANY);
  for (let tried = 0; tried < MANY; tried++) {
    const uid = FIRST + ((first + tried) % MANY);
    try {
      writeFileSync(fileOf(uid), ownerMark(), { flag: 'wx' });
      return uid;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Error('every account for compartments is taken');
}

export function releaseUid(uid: number): void {
  rmSync(fileOf(uid), { force: true });
}

/**
 * Frees those whose process has died, one after the other. Each is taken until what else is of its number is removed.
 * @param clear removes it; what it throws leaves the number taken for the next time
 */
export async function releaseDeadUids(clear: (uid: number) => Promise<void>): Promise<void> {
  const dead = names().filter((name) => isDead(join(FOLDER, name)));
  if (dead.length === 0) return;
  try {
    writeFileSync(SWEEP, ownerMark(), { flag: 'wx' });
  } catch {
    if (isDead(SWEEP)) rmSync(SWEEP, { force: true });
    return; // another worker sweeps, too
  }
  try {
    for (const uid of dead.map(Number)) {
      await clear(uid).then(
        () => releaseUid(uid),
        () => {},
      );
    }
  } finally {
    rmSync(SWEEP, { force: true });
  }
}

function names(): string[] {
  try {
    return readdirSync(FOLDER).filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // nobody ever took one
  }
}

function fileOf(uid: number): string {
  return join(FOLDER, String(uid));
}

function ownerMark(): string {
  return `${process.pid} ${processes.startOf(process.pid)}`;
}

function isDead(file: string): boolean {
  try {
    const [pid, start] = readFileSync(file, 'utf8').split(' ');
    return start !== undefined && processes.startOf(Number(pid)) !== start;
  } catch {
    return false;
  }
}
