import { relative } from 'node:path';
import { MarteauError, type Plan } from '@marteau/shared';
import { memberOf, type Portion } from '../../plan/portion.ts';
import { BadRows } from './csv.ts';
import type { DataUse } from './data-set.ts';
import { readRows } from './read-rows.ts';
import { tooFewRows } from './too-few-rows.ts';

/** Data sets by name: where their files are (absolute), and how they are used. */
export type DataFiles = Readonly<Record<string, DataUse & { readonly path: string }>>;

/** Data sets by name, read. */
export type DataRows = Readonly<Record<string, DataUse & { readonly rows: readonly unknown[] }>>;

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

/** What of the data sets is a portion's; a random order draws from all rows. */
export function portionOf(data: DataRows, portion: Portion): DataRows {
  return Object.fromEntries(
    Object.entries(data).map(([name, set]) => {
      if (set.order === 'random') return [name, set];
      const rows: unknown[] = [];
      for (let n = 0; memberOf(portion, n) < set.rows.length; n += 1)
        rows.push(set.rows[memberOf(portion, n)]);
      return [name, { ...set, rows }];
    }),
  );
}
