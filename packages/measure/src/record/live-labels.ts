import { encodeHistogram } from '../histogram/encode.ts';
import { twoDigits } from '../histogram/layout.ts';
import { addTimes } from '../histogram/sum.ts';
import { type LabelsMessage, MOST_LIVE_LABELS } from '../schema/messages.ts';
import type { Second } from './recorder.ts';
import type { LabelSnapshot } from './snapshot.ts';

/** One second of this share, label by label; null where nothing finished in it. */
export function labelsOf({ second, snapshots }: Second): LabelsMessage | null {
  const groups = new Map<string, { stage: number; parts: LabelSnapshot[] }>();
  for (const { stage, labels } of snapshots)
    for (const label of labels) {
      const key = `${stage} ${label.kind} ${label.name}`;
      const group = groups.get(key) ?? { stage, parts: [] };
      group.parts.push(label);
      groups.set(key, group);
    }
  const labels = [...groups.values()].slice(0, MOST_LIVE_LABELS).map(({ stage, parts }) => {
    const sum = (pick: (part: LabelSnapshot) => number) =>
      parts.reduce((total, part) => total + pick(part), 0);
    return {
      stage,
      kind: parts[0]!.kind,
      name: parts[0]!.name,
      errors: sum(({ errorTime }) => errorTime?.count ?? 0),
      bytesIn: sum(({ bytesIn }) => bytesIn),
      sum: sum(({ time }) => time.sum),
      histogram: encodeHistogram(
        addTimes(
          parts.map(({ time }) => time),
          twoDigits,
        ),
      ),
    };
  });
  return labels.length === 0 ? null : { type: 'labels', second, labels };
}
