import { parseThreshold } from './parse.ts';
import type { Threshold } from './threshold.ts';

/** What holds of each metric that a file does not bound itself; reports show these as defaults. */
export const defaultThresholds: readonly Threshold[] = ['errors < 1%', 'failures < 1%', 'dropped < 1%'].map(
  (source) => {
    const parsed = parseThreshold(source);
    if ('mistake' in parsed) throw new Error(parsed.mistake.what);
    return { ...parsed.threshold, isDefault: true };
  },
);

/**
 * The defaults that hold beside thresholds of the file's own. Who wants none of a metric writes `errors <= 100%`; one
 * about a label or faults says nothing of the rest.
 * @param isOpen whether iterations of any stage start at a rate
 */
export function defaultsBeside(own: readonly Threshold[], isOpen: boolean): Threshold[] {
  const bounds = own.filter(({ label, duringFaults }) => label === null && !duringFaults);
  return defaultThresholds.filter(
    ({ metric }) => (metric !== 'dropped' || isOpen) && !bounds.some((each) => each.metric === metric),
  );
}
