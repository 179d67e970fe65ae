import type { FailureGroup } from '@marteau/measure';
import { addCounts } from './stats.ts';

const maxGroups = 200;
const maxSamples = 20;

/** The failure groups of all shares: those that mean the same become one, the most frequent first. */
export function mergeFailures(
  shares: readonly (readonly FailureGroup[])[],
  offsets: readonly number[],
): FailureGroup[] {
  const groups = new Map<string, FailureGroup[]>();
  shares.forEach((share, i) => {
    for (const group of share) {
      const { kind, test, label, message, source } = group;
      const key = JSON.stringify([kind, test, label, message, source]);
      const known = groups.get(key) ?? [];
      known.push(shifted(group, offsets[i]!));
      groups.set(key, known);
    }
  });
  return [...groups.values()]
    .map(merged)
    .sort((a, b) => b.count - a.count)
    .slice(0, maxGroups);
}

function shifted(group: FailureGroup, offset: number): FailureGroup {
  if (offset === 0) return group;
  return {
    ...group,
    first: group.first + offset,
    last: group.last + offset,
    samples: group.samples.map((sample) => ({ ...sample, at: sample.at + offset })),
  };
}

function merged(groups: readonly FailureGroup[]): FailureGroup {
  const first = groups[0]!;
  if (groups.length === 1) return first;
  return {
    ...first,
    count: groups.reduce((total, { count }) => total + count, 0),
    first: Math.min(...groups.map((group) => group.first)),
    last: Math.max(...groups.map((group) => group.last)),
    byStep: addCounts(groups.map(({ byStep }) => byStep)),
    samples: groups
      .flatMap(({ samples }) => samples)
      .sort((a, b) => a.at - b.at)
      .slice(0, maxSamples),
  };
}
