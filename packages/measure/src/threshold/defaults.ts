import { parseThreshold } from './parse.ts';
import type { Threshold } from './threshold.ts';

/** What holds when the file has no thresholds; reports show these as defaults. */
export const defaultThresholds: readonly Threshold[] = ['errors < 1%', 'failures < 1%'].map((source) => {
  const parsed = parseThreshold(source);
  if ('mistake' in parsed) throw new Error(parsed.mistake.what);
  return { ...parsed.threshold, isDefault: true };
});
