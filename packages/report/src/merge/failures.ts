import { type FailureGroup, FailureGroups } from '@marteau/measure';

/** The failure groups of all shares: those that mean the same become one, the most frequent first. */
export function mergeFailures(
  shares: readonly (readonly FailureGroup[])[],
  offsets: readonly number[],
): FailureGroup[] {
  const groups = new FailureGroups();
  shares.forEach((share, i) => {
    for (const group of share) groups.add(shifted(group, offsets[i]!));
  });
  return groups.all();
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
