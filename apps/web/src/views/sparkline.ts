import { formatRate } from '@marteau/shared';

export interface Sparkline {
  width: number;
  height: number;
  line: string;
  area: string;
  label: string;
}

const HEIGHT = 24;

/** A row of rates as two SVG paths from zero up, in whole steps to keep pages small; null for less than two points. */
export function sparkline(rates: readonly number[]): Sparkline | null {
  if (rates.length < 2) return null;
  const highest = Math.max(...rates, Number.MIN_VALUE);
  const heights = rates.map((rate) => Math.round(HEIGHT - 1 - (Math.max(rate, 0) / highest) * (HEIGHT - 2)));
  const steps = heights.slice(1).map((at, i) => `${at - (heights[i] ?? 0)}`);
  const path = `M0 ${heights[0]}l1 ${steps.join(' 1 ')}`;
  return {
    width: rates.length - 1,
    height: HEIGHT,
    line: path,
    area: `${path}V${HEIGHT}H0`,
    label: `at most ${formatRate(highest)}`,
  };
}
