import { fitUnit, NOTHING, threeDigits } from './digits.ts';

const units = [
  ['µs', 1],
  ['ms', 1_000],
  ['s', 1_000_000],
] as const;

/** A latency with three significant digits and the unit that fits: 820 → '820 µs', 14213 → '14.2 ms'. */
export function formatLatency(microseconds: number | null): string {
  if (microseconds === null || !Number.isFinite(microseconds)) return NOTHING;
  const [name, size] = fitUnit(microseconds, units);
  if (size === 1) return `${Math.round(microseconds)} ${name}`;
  return `${threeDigits(microseconds / size)} ${name}`;
}
