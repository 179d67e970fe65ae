import { describePlan, describeRunner, type ResolvedFile } from '@marteau/file';
import { spellDuration } from '@marteau/shared';
import { toolOf } from './registry.ts';

/**
 * What a run of a file amounts to, in one sentence: 'k6 script, 2 scenarios, about 4 min, on 3 nodes'.
 * @param text of its script; empty where nobody has read it
 */
export function describeRun(file: ResolvedFile, text: string): string {
  const tool = toolOf(file.runner.name);
  if (tool === null) return describePlan(file);
  if (!file.runner.isOwnPlan) return `${describeRunner(file)}, ${describePlan(file)}`;
  const { what, lengthMs } = tool.ownPlan(text);
  const { count } = file.nodes;
  return [
    describeRunner(file),
    what,
    lengthMs === null ? '' : `about ${spellDuration(lengthMs)}`,
    `on ${count} ${count === 1 ? 'node' : 'nodes'}`,
  ]
    .filter(Boolean)
    .join(', ');
}
