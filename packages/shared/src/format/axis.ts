import { threeDigits, trimZeros } from './digits.ts';
import { formatLatency } from './latency.ts';

/** A latency without zeros that say nothing, for axes: '0', '100 ms', '1.5 s'. */
export function axisLatency(microseconds: number): string {
  const [digits = '', unit] = formatLatency(microseconds).split(' ');
  return microseconds === 0 ? '0' : `${trimZeros(digits)} ${unit}`;
}

/** A count or a rate for axes: '0', '50', '2.5 k' … '1 M'. */
export function axisCount(value: number): string {
  const [scaled, letter] =
    value >= 1e6 ? [value / 1e6, ' M'] : value >= 10_000 ? [value / 1e3, ' k'] : [value, ''];
  return `${trimZeros(threeDigits(scaled))}${letter}`;
}

/** Time since the load began, for axes and the cursor, of ms: '0', '45s', '1m 30s', '2h 5m 5s'. */
export function formatMoment(milliseconds: number): string {
  const all = Math.round(milliseconds / 1000);
  const parts = [
    [Math.floor(all / 3600), 'h'],
    [Math.floor(all / 60) % 60, 'm'],
    [all % 60, 's'],
  ] as const;
  const text = parts.flatMap(([count, unit]) => (count > 0 ? `${count}${unit}` : [])).join(' ');
  return text === '' ? '0' : text;
}

/** Seconds since the start as on a clock: 65 → '1:05', 3700 → '1:01:40'. */
export function formatClock(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
