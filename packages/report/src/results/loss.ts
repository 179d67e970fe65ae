import { formatDuration, formatPercent } from '@marteau/shared';
import { cutAtLoss } from '../merge/cut-at-loss.ts';
import type { Merged } from '../merge/merged.ts';
import type { Loss } from '../verdict/evidence.ts';
import type { LostNode } from './report-input.ts';

/**
 * What is judged when nodes were lost: all up to the first loss, where most was recorded by then; else all there is,
 * which the verdict calls invalid.
 */
export function upToLoss(
  merged: Merged,
  lost: readonly LostNode[],
): { merged: Merged; loss: Loss | null; gone: string | null } {
  const first = lost.toSorted((a, b) => a.at - b.at)[0];
  const app = lost.find((one) => one.app);
  const left = merged.nodes.length;
  const isWhole = first === undefined || left === 0 || (left === merged.shares && app === undefined);
  const cut = isWhole ? null : cutAtLoss(merged, first.at);
  if (cut === null) return { merged, loss: null, gone: app === undefined ? null : goneWith(app) };
  const recorded = ({ steps }: Merged) => steps.reduce((sum, { seconds }) => sum + seconds, 0);
  const share = formatPercent(Math.round((100 * recorded(cut)) / recorded(merged)) / 100);
  const others = left === 1 ? 'the node that is left' : `the ${left} nodes that are left`;
  const by =
    left === merged.shares
      ? ''
      : `, by what ${others} of ${merged.shares} measured. Counts and rates in the thresholds stand for all ${merged.shares}`;
  const who = first!.app ? `The node ${first!.node}, on which the app ran,` : `The node ${first!.node}`;
  const sentence = `${who} was lost ${formatDuration(first!.at)} into the load, when ${share} was recorded: judged up to then${by}.`;
  return { merged: cut, loss: { sentence, scale: merged.shares / left }, gone: null };
}

function goneWith({ node, at }: LostNode): string {
  return `The node ${node}, on which the app ran, was lost ${formatDuration(Math.max(0, at))} into the load, and the target with it. Run it again.`;
}
