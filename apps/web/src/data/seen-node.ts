import type { Run } from '@marteau/shared';
import type { NodeEntry } from '@marteau/store';

/**
 * A node as somebody sees it: for which run it works is told to those alone who may see that run.
 * @param among the projects that they may see; null for all
 * @param runs those among which the node's may be
 */
export function asSeen(
  node: NodeEntry,
  among: readonly string[] | null,
  runs: readonly (Pick<Run, 'id' | 'project'> | null)[],
): NodeEntry {
  const isSeen = runs.some((run) => run?.id === node.runId && among?.includes(run?.project ?? ''));
  if (among === null || (isSeen && node.runId !== null)) return node;
  return { ...node, runId: null, doing: node.doing || node.runId !== null ? 'a run of others' : '' };
}
