import { parseBytes, parseDuration, parsePercent, parseRate } from '@marteau/shared';
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

/** A time needs its unit here: 'p95 < 300' could mean anything. */
function microseconds(text: string): number | null {
  const [, count] = /^(\d+(?:\.\d+)?)\s*(?:µs|μs|us)$/.exec(text) ?? [];
  if (count !== undefined) return Number(count);
  if (/^[\d.]+$/.test(text)) return null;
  const ms = parseDuration(text);
  return ms === null ? null : Math.round(ms * 1000);
}
