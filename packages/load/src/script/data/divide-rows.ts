import type { Plan, Share } from '@marteau/shared';
import { countOf, partOf, whole } from '../../plan/exact-part.ts';
import type { ThreadShare } from '../../plan/thread-share.ts';
import { noneTaken } from './data-set.ts';
import type { DataRows, ReadSet } from './read-data.ts';
import { iterationsIn, usersIn, wholeLoad } from './rows-needed.ts';

/**
 * What of the data sets is a share's: as many rows as its users or iterations need, and its part of the others. Those
 * that are used once are one supply for all threads of the share.
 * @param plan null where nothing is run
 */
export function rowsOfShare(data: DataRows, plan: Plan | null, share: Share): DataRows {
  return mapSets(data, (set) => {
    if (set.order === 'random') return set;
    const isEach = set.order === 'unique' && set.per === 'iteration';
    const need = (index: number): number => {
      if (!plan) return 0;
      const threadShare = { ...wholeLoad, share: { ...share, index } };
      return isEach ? iterationsIn(plan, threadShare) : usersIn(plan, threadShare);
    };
    const rows = partOfRows(set.rows, share, need);
    return set.order === 'unique' ? { ...set, rows, taken: noneTaken() } : { ...set, rows };
  });
}

/** What of a share's data sets is a thread's. */
export function rowsOfThread(data: DataRows, plan: Plan | null, { share, thread }: ThreadShare): DataRows {
  const need = (index: number): number => (plan ? usersIn(plan, { share, thread: { ...thread, index } }) : 0);
  return mapSets(data, (set) =>
    set.order === 'circular' ? { ...set, rows: partOfRows(set.rows, thread, need) } : set,
  );
}

/** Rows that follow each other: what the part needs, and an equal part of what nobody needs. */
function partOfRows(
  rows: readonly unknown[],
  { index, of }: Share,
  need: (index: number) => number,
): readonly unknown[] {
  const needs = Array.from({ length: of }, (_, each) => need(each));
  const spare = Math.max(0, rows.length - needs.reduce((sum, each) => sum + each, 0));
  const sizes = needs.map((each, part) => each + countOf(partOf(whole, part, of), spare));
  const from = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
  return rows.slice(from, from + sizes[index]!);
}

function mapSets(data: DataRows, change: (set: ReadSet) => ReadSet): DataRows {
  return Object.fromEntries(Object.entries(data).map(([name, set]) => [name, change(set)]));
}
