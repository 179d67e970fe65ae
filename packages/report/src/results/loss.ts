import { formatDuration, formatPercent } from '@marteau/shared';
import { cutAtLoss } from '../merge/cut-at-loss.ts';
import type { Merged } from '../merge/merged.ts';
import type { Loss } from '../verdict/evidence.ts';

/**
 * What is judged when nodes were lost: all up to the first loss, where most was recorded by then; else all there is,
 * which the verdict calls invalid.
 */
export function upToLoss(
  merged: Merged,
  lost: readonly { readonly node: string; readonly at: number }[],
): { merged: Merged; loss: Loss | null } {
  const first = lost.toSorted((a, b) => a.at - b.at)[0];
  const left = merged.nodes.length;
  const cut =
    first === undefined || left === 0 || left === merged.shares ? null : cutAtLoss(merged, first.at);
  if (cut === null) return { merged, loss: null };
  const recorded = ({ steps }: Merged) => steps.reduce((sum, { seconds }) => sum + seconds, 0);
  const share = formatPercent(Math.round((100 * recorded(cut)) / recorded(merged)) / 100);
  const others = left === 1 ? 'the node that is left' : `the ${left} nodes that are left`;
  const sentence = `The node ${first!.node} was lost ${formatDuration(first!.at)} into the load, when ${share} was recorded: judged up to then, by what ${others} of ${merged.shares} measured. Counts and rates in the thresholds stand for all ${merged.shares}.`;
  return { merged: cut, loss: { sentence, scale: merged.shares / left } };
}
