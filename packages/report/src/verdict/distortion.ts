import type { Span } from '@marteau/measure';
import type { Merged } from '../merge/merged.ts';
import type { Evidence } from './evidence.ts';

/** Saturation for up to this part of the recorded time takes only that time out of the thresholds. */
const TOLERABLE_SATURATION = 0.05;

/** Why the numbers speak of the generator and not of the target; null when they speak of the target. */
export function distortionOf({ merged, loss = null }: Evidence): string | null {
  const lost = merged.shares - merged.nodes.length;
  if (lost > 0 && loss === null) {
    return `${lost} of ${merged.shares} nodes ${lost === 1 ? 'was' : 'were'} lost, so the target never had the whole load. Run it again.`;
  }
  const worst = limitsOf(merged).toSorted((a, b) => b.share - a.share)[0];
  if (worst === undefined || worst.share <= TOLERABLE_SATURATION) return null;
  if (worst.code === 'version-changed') return worst.sentence;
  // A search goes on until something gives way: where that was the generator, it has said so and gone no further.
  if (merged.search !== null && merged.search.holds !== null) return null;
  return `The generator, not the target, shaped the numbers: ${worst.sentence}`;
}

/** Time in which the generator was too busy, but so little of it that the rest can be judged. */
export function busySpans(merged: Merged): readonly Span[] {
  const limits = limitsOf(merged);
  if (limits.some(({ share }) => share > TOLERABLE_SATURATION)) return [];
  return limits.flatMap(({ windows = [] }) => windows);
}

function limitsOf({ nodes }: Merged) {
  return nodes.flatMap(({ generator }) => generator.limits);
}
