import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { countOf, hasEnded, isMarteauError, MarteauError, readRunRecord } from '@marteau/shared';
import { type Folders, WORK_FOLDER } from '@marteau/store';
import type { Progress } from '../progress.ts';
import { type History, type HistoryRun, isSameRun, RECORD } from './history.ts';

/** The living Marteau, where its Redis can be reached. */
export interface LivingRuns {
  get(id: string): Promise<{ state: Parameters<typeof hasEnded>[0] } | null>;
  /** See Runs.adopt of the store. */
  adopt(id: string): Promise<boolean>;
}

export interface MergeOptions {
  history: History;
  folders: Folders;
  /** Null: nobody runs here, and the index is filled at the next start. */
  living: LivingRuns | null;
  say: (line: string) => void;
  progress: Progress;
}

export interface MergeResult {
  /** Runs that were not here. */
  added: number;
  /** Runs that were here and lacked files. */
  completed: number;
  /** Runs that are here as they are there. */
  same: number;
  /** Runs that were left out, each with a sentence. */
  refused: number;
}

/** Whether somebody wants a run that is here kept, their own file says. */
const OWN = new Set(['pinned']);
const RUN_SHOWN = 10;

interface Gap {
  isNew: boolean;
  missing: Set<string>;
}

/**
 * Fills what another history has and this one lacks: whole runs, and files of runs that are both. What is here is never
 * written over; who merges the same again changes nothing. A run's record comes last, so that one which was killed in
 * the middle is completed by the next call, and is no run until then.
 * @throws 'disk-full', 'bucket-…', 'store-unavailable'
 */
export async function merge(options: MergeOptions): Promise<MergeResult> {
  const { history, folders, living, say, progress } = options;
  const result: MergeResult = { added: 0, completed: 0, same: 0, refused: 0 };
  const refuse = (why: string): void => {
    result.refused += 1;
    if (result.refused <= RUN_SHOWN) say(why);
  };
  const gaps = new Map<string, Gap>();
  let looked = 0;
  for await (const run of history.runs()) {
    const gap = await gapOf(options, run).catch((error: unknown) => {
      if (isMarteauError(error, 'record-damaged') || isMarteauError(error, 'newer-data'))
        return error.message;
      throw error;
    });
    if (typeof gap === 'string') refuse(gap);
    else if (gap === null) result.same += 1;
    else gaps.set(run.id, gap);
    looked += 1;
    progress(() => `${countOf(looked, 'run')} looked at.`);
  }

  const records = new Map<string, string>();
  const broken = new Set<string>();
  const fill = async (id: string, name: string, content: string | Readable): Promise<void> => {
    if (!(await isThere(folders, id, name))) await folders.of(id).put(name, content);
  };
  let files = 0;
  await history.read(
    new Map([...gaps].map(([id, { missing }]) => [id, missing])),
    async ({ id, name, bytes }) => {
      try {
        if (name === RECORD) records.set(id, await text(bytes));
        else await fill(id, name, bytes instanceof Readable ? bytes : Readable.from(bytes));
        gaps.get(id)!.missing.delete(name);
      } catch (error) {
        if (!isMarteauError(error, 'backup-damaged')) throw error;
        broken.add(id);
        refuse(`${error.message} Run ${id} is left out.`);
      }
      files += 1;
      progress(() => `${countOf(files, 'file')} merged.`);
    },
  );

  for (const [id, gap] of gaps) {
    if (broken.has(id)) continue;
    const [lost] = gap.missing;
    if (lost !== undefined) {
      refuse(`${lost} of run ${id} is gone from ${history.name}, so the run is left out.`);
      continue;
    }
    const record = records.get(id);
    if (record !== undefined) await fill(id, RECORD, record);
    await living?.adopt(id);
    result[gap.isNew ? 'added' : 'completed'] += 1;
    progress(() => `${countOf(result.added, 'run')} added.`);
  }
  if (result.refused > RUN_SHOWN) say(`… and ${result.refused - RUN_SHOWN} others.`);
  return result;
}

/** What is to be filled; null for nothing, a sentence for a run that is left out. @throws 'newer-data', 'record-damaged' */
async function gapOf(
  { folders, living, history }: MergeOptions,
  run: HistoryRun,
): Promise<Gap | string | null> {
  const { id, identity, wrong } = run;
  if (identity === null) return `${wrong} Run ${id} of ${history.name} is left out.`;
  const here = await living?.get(id);
  if (here && !hasEnded(here.state)) return `Run ${id} is on its way here, so it is left alone.`;
  const folder = folders.of(id);
  const own = new Set((await folder.list()).map(({ name }) => name));
  const text = own.has(RECORD) ? await folder.text(RECORD) : null;
  if (text === null && [...own].some((name) => name.startsWith(`${WORK_FOLDER}/`)))
    return `Run ${id} is on its way here, so it is left alone.`;
  if (text !== null && !isSameRun(readRunRecord(text, id), identity))
    return `Run ${id} is another one here: of ${readRunRecord(text, id).project}, and there of ${identity.project}. It is left out.`;
  const missing = run.files.filter((name) => !own.has(name) && (text === null || !OWN.has(name)));
  return missing.length === 0 ? null : { isNew: text === null, missing: new Set(missing) };
}

async function isThere(folders: Folders, id: string, name: string): Promise<boolean> {
  const file = await folders.of(id).open(name);
  file?.stream.destroy();
  return file !== null;
}

/** @throws 'merge-itself' where both are one place */
export function requireOther(history: Pick<History, 'name'>, own: string): void {
  if (history.name === own) throw new MarteauError('merge-itself', { place: own });
}
