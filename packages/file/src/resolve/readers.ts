import type { Threshold } from '@marteau/measure';
import { parseThreshold } from '@marteau/measure';
import { parseDuration } from '@marteau/shared';

/** Milliseconds of a duration that was checked before; `otherwise` when the field is left out. */
export function milliseconds<T extends number | null>(
  written: string | number | undefined,
  otherwise: T,
): number | T {
  return written === undefined ? otherwise : (parseDuration(written) ?? otherwise);
}

/** Thresholds that were checked before. */
export function thresholds(written: string | readonly string[] | undefined): Threshold[] {
  return many(written).flatMap((text) => {
    const parsed = parseThreshold(text);
    return 'mistake' in parsed ? [] : [parsed.threshold];
  });
}

/** One or several, as a list. */
export function many<T>(written: T | readonly T[] | undefined): T[] {
  if (written === undefined) return [];
  return Array.isArray(written) ? [...written] : [written as T];
}

/** Every value of a map through a function. */
export function mapValues<T, U>(
  map: Record<string, T> | undefined,
  change: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(map ?? {}).map(([name, value]) => [name, change(value)]));
}
