import { relative } from 'node:path';
import { BadRows } from '@marteau/file';
import { MarteauError, type Plan } from '@marteau/shared';
import type { DataUse, TakenRows } from './data-set.ts';
import { readRows } from './read-rows.ts';
import { iterationsIn, usersIn, wholeLoad } from './rows-needed.ts';

/** Data sets by name: where their files are (absolute), and how they are used. */
export type DataFiles = Readonly<Record<string, DataUse & { readonly path: string }>>;

/** A data set, read. */
export interface ReadSet extends DataUse {
  readonly rows: readonly unknown[];
  /** How many of the rows are taken, over all threads that share them; only where each is used once. */
  readonly taken?: TakenRows;
}

/** Data sets by name, read. */
export type DataRows = Readonly<Record<string, ReadSet>>;

/**
 * Reads the data sets of a run.
 * @param plan to see whether there are rows enough; null where that is not known
 * @throws MarteauError data-unusable
 */
export function readData(files: DataFiles, root: string, plan: Plan | null): DataRows {
  return Object.fromEntries(
    Object.entries(files).map(([name, { path, ...use }]) => {
      const unusable = (why: string) =>
        new MarteauError('data-unusable', { name, file: relative(root, path), why });
      const rows = rowsIn(path, unusable);
      const why = plan && tooFewRows(use, rows.length, plan);
      if (why) throw unusable(why);
      return [name, { ...use, rows }];
    }),
  );
}

function rowsIn(path: string, unusable: (why: string) => MarteauError): unknown[] {
  try {
    return readRows(path);
  } catch (error) {
    if (error instanceof BadRows) throw unusable(error.message);
    throw error;
  }
}

/** Why a data set has too few rows for a plan, as far as that is known before; null when it has enough. */
function tooFewRows({ per, order }: DataUse, rows: number, plan: Plan): string | null {
  if (order === 'random') return null;
  const users = usersIn(plan, wholeLoad);
  if (rows < users) return `it has ${rows} rows, and ${users} users at a time need one each`;
  const iterations = iterationsIn(plan, wholeLoad);
  if (per === 'iteration' && order === 'unique' && rows < iterations)
    return `it has ${rows} rows, and ${iterations} iterations need one each (order: unique)`;
  return null;
}
