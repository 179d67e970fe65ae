import { formatRate } from '@marteau/shared';

export interface Sparkline {
  width: number;
  height: number;
  line: string;
  area: string;
  label: string;
}

const width = 88;
const height = 24;

/** A row of rates as two SVG paths from zero up; null for less than two points. */
export function sparkline(rates: readonly number[]): Sparkline | null {
  if (rates.length < 2) return null;
  const highest = Math.max(...rates, Number.MIN_VALUE);
  const x = (i: number) => round((i / (rates.length - 1)) * width);
  const y = (rate: number) => round(height - 1 - (Math.max(rate, 0) / highest) * (height - 2));
  const line = rates.map((rate, i) => `${i === 0 ? 'M' : 'L'}${x(i)} ${y(rate)}`).join('');
  return {
    width,
    height,
    line,
    area: `${line}V${height}H0z`,
    label: `Requests per second over the run, at most ${formatRate(highest)}`,
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
