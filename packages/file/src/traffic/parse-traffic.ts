import { MOST_MINUTES } from '@marteau/shared';
import { BadRows, parseCsv } from '../table/csv.ts';

const MINUTE_MS = 60_000;
const MOST_IN_A_MINUTE = 60e6;

/**
 * How many iterations start in each minute, by the rows of a CSV file: the figure is in the column `rate`, or else in the
 * last one. Where the first of several columns has moments, they are a minute apart. Fractions are carried over, so that
 * the sum is right.
 * @throws BadRows
 */
export function parseTraffic(text: string): number[] {
  const rows = parseCsv(text);
  if (rows.length === 0) throw new BadRows('it has no rows below its header');
  if (rows.length > MOST_MINUTES)
    throw new BadRows(`it has ${rows.length} rows, and at most ${MOST_MINUTES} minutes are played (a week)`);
  const columns = Object.keys(rows[0]!);
  const column = columns.find((name) => /^rate$/i.test(name)) ?? columns.at(-1)!;
  const moments = columns[0] === column ? null : rows.map((row) => momentOf(row[columns[0]!]!));
  let sum = 0;
  const minutes = rows.map((row, i) => {
    const written = row[column]!.trim();
    const figure = /^\d+(\.\d+)?(e\d+)?$/i.test(written) ? Number(written) : Number.NaN;
    if (!(figure <= MOST_IN_A_MINUTE))
      throw new BadRows(
        `row ${i + 1} has '${written.slice(0, 40)}' in the column '${column}', which is no rate per minute`,
      );
    requireMinute(moments, i);
    const before = Math.round(sum);
    sum += figure;
    return Math.round(sum) - before;
  });
  if (sum < 1) throw new BadRows('no iteration starts in any of its minutes');
  return minutes;
}

/** ms since 1970, of seconds or milliseconds since then or a date; null where it is none. */
function momentOf(written: string): number | null {
  const text = written.trim();
  if (/^\d{10}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (/^\d{13}$/.test(text)) return Number(text);
  const parsed = /\d{4}-\d\d-\d\d[T ]\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

/** Who exports hours, or leaves out minutes without traffic, would play something else than there was. */
function requireMinute(moments: readonly (number | null)[] | null, i: number): void {
  const [before, now] = [moments?.[i - 1] ?? null, moments?.[i] ?? null];
  if (before === null || now === null || now - before === MINUTE_MS) return;
  throw new BadRows(`rows ${i} and ${i + 1} are ${(now - before) / 1000} s apart, and a row is a minute`);
}
