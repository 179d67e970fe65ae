/** Maps a value to 0 (bottom) … 1 (top) and knows where to write numbers. */
export interface Scale {
  readonly isLog: boolean;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  place(value: number): number;
}

const clamp = (x: number) => Math.max(0, Math.min(1, x));

/** What a step between two ticks may be, times a power of ten. */
const NICE_STEPS = [1, 2, 2.5, 5, 10];
export const ROUND_STEPS = [1, 2, 5, 10];

/**
 * From 0 to a round number above the highest value: rates and counts are never cut off at the bottom.
 * @param wanted about how many ticks
 */
export function linearScale(highest: number, wanted = 4, steps = NICE_STEPS): Scale {
  const top = highest > 0 ? highest : 1;
  const step = roundUp(top / wanted, steps);
  const count = Math.max(1, Math.ceil(top / step - 1e-9));
  const to = step * count;
  const ticks = Array.from({ length: count + 1 }, (_, i) => i * step);
  return { isLog: false, from: 0, to, ticks, place: (value) => clamp(value / to) };
}

/**
 * Whole decades around the values, with more numbers between them where there is room.
 * @param lowest above 0
 */
export function logScale(lowest: number, highest: number): Scale {
  const from = roundDown(lowest);
  const to = Math.max(roundUp(highest, ROUND_STEPS), from * 10);
  const decades = Math.log10(to / from);
  const factors = decades <= 2.4 ? [1, 2, 5] : decades <= 3.5 ? [1, 3] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from) + 1e-9); 10 ** power <= to * 1.001; power++) {
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(3));
      if (tick >= from * 0.999 && tick <= to * 1.001) ticks.push(tick);
    }
  }
  const place = (value: number) => clamp(Math.log10(Math.max(value, from) / from) / decades);
  return { isLog: true, from, to, ticks, place };
}

/** For latencies: from zero, or on a log axis where they span more than two decades. */
export function latencyScale(values: Iterable<number | null>): Scale {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (const value of values) {
    if (value === null || value <= 0) continue;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return highest > 100 * lowest ? logScale(lowest, highest) : linearScale(highest);
}

function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (ROUND_STEPS.findLast((nice) => nice < 10 && nice * power <= value * 1.001) ?? 1);
}

function roundUp(value: number, steps: readonly number[]): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (steps.find((nice) => nice * power >= value * 0.999) ?? 10);
}

const TIME_STEPS = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
];

/** Moments at which to write the time, at round numbers, all in ms: no more intervals than `most`. */
export function timeTicks(from: number, to: number, most = 8): number[] {
  const step = 1000 * (TIME_STEPS.find((seconds) => (to - from) / (seconds * 1000) <= most) ?? 86_400);
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}
