import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '@marteau/launch';
import { type AroundContext, type PriorState, restorePriorState } from '@marteau/run';
import type { World } from '../world.ts';

type PriorStates = NonNullable<AroundContext['priorStates']>;

/** What a proxy elsewhere was before a run changed it, with the process that has to put it back. */
interface Kept {
  readonly pid: number;
  readonly place: string;
  readonly state: PriorState;
}

/** Where it is written down on this machine what proxies elsewhere were: by the next run, if this one is killed. */
export function stateFolder({ env }: Pick<World, 'env'>): string {
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local/state'), 'marteau', 'put-back');
}

/** Keeps each state in a file of its own, so that it outlives this process. */
export function priorStatesIn(folder: string, say: (sentence: string) => void): PriorStates {
  const fileOf = (place: string) =>
    join(folder, `${process.pid}-${createHash('sha256').update(place).digest('hex').slice(0, 16)}.json`);
  return {
    async keep(place, state) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await write(fileOf(place), { pid: process.pid, place, state });
      } catch (error) {
        say(
          `What the proxy ${place} was before could not be written down (${(error as Error).message}): should this run be killed, put it back by hand.`,
        );
      }
    },
    forget: (place) => rm(fileOf(place), { force: true }),
  };
}

async function write(file: string, kept: Kept): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, JSON.stringify(kept), { mode: 0o600, flush: true });
  await rename(temporary, file);
}

/** Puts proxies back that killed runs have left changed, and says so; what cannot be put back now is left to the next run. */
export async function putBackLeft(folder: string, say: (sentence: string) => void): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => each.endsWith('.json'))) {
    const file = join(folder, name);
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) continue; // somebody has put it back in this moment
    const kept = parse(text);
    if (kept === null) {
      say(
        `${file} was to say what a proxy was before a run that was killed, and is damaged. Look whether a proxy is still broken, and remove the file.`,
      );
      continue;
    }
    if (isAlive(kept.pid)) continue;
    try {
      await restorePriorState(kept.state);
      await rm(file, { force: true });
      say(`The proxy ${kept.place} is back as it was before a run that was killed.`);
    } catch (error) {
      say(
        `The proxy ${kept.place} was left changed by a run that was killed, and cannot be put back now: ${(error as Error).message} The next run tries again; to give it up, remove ${file}.`,
      );
    }
  }
}

/** @returns null when it is nothing that `write` has written */
function parse(text: string): Kept | null {
  try {
    const kept = JSON.parse(text) as Kept;
    const { pid, place, state } = kept;
    return Number.isInteger(pid) && typeof place === 'string' && typeof state.control === 'string'
      ? kept
      : null;
  } catch {
    return null;
  }
}
