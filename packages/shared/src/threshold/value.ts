import { parseDuration } from '../format/duration.ts';
import { parseBytes, parsePercent, parseRate } from '../format/quantity.ts';
import type { ThresholdUnit } from './threshold.ts';

const readers: Record<ThresholdUnit, (text: string) => number | null> = {
  us: microseconds,
  ratio: parsePercent,
  perSecond: parseRate,
  bytes: parseBytes,
  bytesPerSecond: (text) => (text.endsWith('/s') ? parseBytes(text.slice(0, -2)) : null),
  count: (text) => (/^\d+$/.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER ? Number(text) : null),
  score: (text) => (/^\d(\.\d+)?$/.test(text) && Number(text) <= 1 ? Number(text) : null),
};

/** A bound as written, in the first of these units that fits. */
export function readValue(
  text: string,
  units: readonly ThresholdUnit[],
): { bound: number; unit: ThresholdUnit } | null {
  for (const unit of units) {
    const bound = readers[unit](text);
    if (bound !== null) return { bound, unit };
  }
  return null;
}

/** Prints a bound so that `readValue` returns the same number. */
export function printValue(bound: number, unit: ThresholdUnit): string {
  switch (unit) {
    case 'us':
      return printTime(bound);
    case 'ratio':
      return `${plain(bound * 100)}%`;
    case 'perSecond':
      return `${plain(bound)}/s`;
    case 'bytes':
      return printBytes(bound);
    case 'bytesPerSecond':
      return `${printBytes(bound)}/s`;
    default:
      return plain(bound);
  }
}

/** A time needs its unit here: 'p95 < 300' could mean anything. */
function microseconds(text: string): number | null {
  const [, count] = /^(\d+(?:\.\d+)?)\s*(?:µs|μs|us)$/.exec(text) ?? [];
  if (count !== undefined) return Number(count);
  if (/^[\d.]+$/.test(text)) return null;
  const ms = parseDuration(text);
  return ms === null ? null : Math.round(ms * 1000);
}

function printTime(us: number): string {
  if (us !== 0 && us % 1_000_000 === 0) return `${plain(us / 1_000_000)}s`;
  if (us % 1_000 === 0) return `${plain(us / 1_000)}ms`;
  return `${plain(us)}us`;
}

function printBytes(bytes: number): string {
  const [unit, size] = (
    [
      ['GB', 1e9],
      ['MB', 1e6],
      ['kB', 1e3],
    ] as const
  ).find(([, s]) => bytes !== 0 && bytes % s === 0) ?? ['B', 1];
  return `${plain(bytes / size)}${unit}`;
}

/** Digits only: 1e21 would not be read back. */
function plain(value: number): string {
  const text = String(Number(value.toPrecision(15)));
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}
