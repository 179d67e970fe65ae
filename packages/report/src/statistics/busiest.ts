/** As much of a label as tells how much time was spent in it. */
interface Spent {
  readonly steps: readonly { readonly time: { readonly sum: number } }[];
}

/** Those in which the most time was spent, in the order in which they first occurred. */
export function busiestLabels<L extends Spent>(labels: readonly L[], most: number): L[] {
  if (labels.length <= most) return [...labels];
  const spent = ({ steps }: L) => steps.reduce((sum, { time }) => sum + time.sum, 0);
  const kept = new Set(labels.toSorted((a, b) => spent(b) - spent(a)).slice(0, most));
  return labels.filter((label) => kept.has(label));
}
