import { fitUnit, groupThousands, NOTHING, threeDigits, trimZeros } from './digits.ts';

const byteUnits = [
  ['B', 1],
  ['kB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
] as const;

/** A whole number with thin spaces between the thousands: 1234567 → '1 234 567'. */
export function formatCount(count: number | null): string {
  if (count === null || !Number.isFinite(count)) return NOTHING;
  return groupThousands(String(Math.round(count)));
}

/** Something per second: 450 → '450/s', 0.5 → '0.5/s', 12345 → '12 345/s'. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null || !Number.isFinite(perSecond)) return NOTHING;
  return `${trimZeros(threeDigits(perSecond))}/s`;
}

/** Bytes in decimal units with three significant digits: 1213 → '1.21 kB'. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return NOTHING;
  const [name, size] = fitUnit(bytes, byteUnits);
  if (size === 1) return `${Math.round(bytes)} B`;
  return `${threeDigits(bytes / size)} ${name}`;
}

/**
 * A ratio (0 … 1) as per cent with at most three significant digits: 0.0123 → '1.23 %'. Neither 0 % nor 100 % is
 * ever the result of rounding.
 */
export function formatPercent(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return NOTHING;
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.001) return '< 0.001 %';
  if (percent < 100 && percent >= 99.95) return `${trimZeros(floorTo(percent, 2))} %`;
  return `${trimZeros(threeDigits(percent))} %`;
}

/** How much something changed, as a part of what it was: 0.123 → '+12.3 %'. To a tenth of a per cent, unless said. */
export function formatChange(change: number, decimals = 1): string {
  const steps = 10 ** (decimals + 2);
  const rounded = Math.round(Math.abs(change) * steps) / steps;
  const sign = change < 0 ? '−' : '+';
  return `${rounded === 0 ? '±' : sign}${formatPercent(rounded)}`;
}

function floorTo(value: number, decimals: number): string {
  return (Math.floor(value * 10 ** decimals) / 10 ** decimals).toFixed(decimals);
}
