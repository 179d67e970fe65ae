import type { Format } from '../reader.ts';
import { rows } from '../text/rows.ts';
import { k6Figures, k6Points } from './k6-points.ts';

/** Numbers below are seconds, then ms, then µs since 1970. */
const MOST_SECONDS = 1e11;
const MOST_MS = 1e14;

/** `k6 run --out csv=…`: a line for each value. Its seconds are whole unless K6_CSV_TIME_FORMAT says otherwise. */
export const k6Csv: Format = {
  name: 'k6-csv',
  figures: {
    ...k6Figures,
    notes: [
      'k6 writes whole seconds into its CSV unless K6_CSV_TIME_FORMAT=unix_milli: curves are as coarse as that.',
    ],
  },
  reader(hear, reading) {
    const points = k6Points(hear, reading);
    let columns: readonly string[] | null = null;
    return rows(
      (row) => {
        if (row[0] === 'metric_name') {
          columns = row;
          return;
        }
        const [metric = '', stamp = '', value = ''] = row;
        if (columns === null || !points.isRead(metric) || row.length < columns.length) return;
        const tags: Record<string, string> = {};
        for (const [i, name] of columns.entries()) if (i > 2 && row[i] !== '') tags[name] = row[i]!;
        points.point(metric, momentOf(stamp), Number(value), tags);
      },
      () => points.end(),
    );
  },
};

/** ms since 1970 */
function momentOf(stamp: string): number {
  const number = Number(stamp);
  if (Number.isNaN(number)) return Date.parse(stamp);
  if (number < MOST_SECONDS) return number * 1000;
  return number < MOST_MS ? number : number / 1000;
}
