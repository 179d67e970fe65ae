import { cellOf, type Times, threeDigits } from '@marteau/measure';

/** Values with how often each was measured, as times: whole µs. */
export function talliedTimes(pairs: Iterable<readonly [value: number, count: number]>): Times {
  const byCell = new Map<number, number>();
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, 0];
  for (const [told, times] of pairs) {
    if (!(times > 0) || !(told >= 0)) continue;
    const value = Math.min(Math.round(told), LONGEST);
    const cell = cellOf(value, threeDigits);
    byCell.set(cell, (byCell.get(cell) ?? 0) + times);
    count += times;
    sum += value * times;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const cells = [...byCell.keys()].sort((a, b) => a - b);
  return {
    count,
    min: count === 0 ? 0 : min,
    max,
    sum,
    layout: threeDigits,
    cells: Uint32Array.from(cells),
    counts: Float64Array.from(cells, (cell) => byCell.get(cell)!),
  };
}

/** An hour, in µs: what took longer is counted there, as the engine does. */
const LONGEST = 3_600_000_000;
