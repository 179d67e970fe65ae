import type { LoadPoint } from '@marteau/measure';
import type { Merged } from '../merge/merged.ts';
import type { NodeResult } from '../schema/results.ts';

/** How well each node kept up with what it had to generate. */
export function nodeResults({ nodes }: Merged): NodeResult[] {
  return nodes.map(({ node, share, startedAt, requests, load, generator }) => {
    const sum = (name: 'late' | 'dropped') => load.reduce((total, point) => total + point[name], 0);
    const peak = (pick: (point: LoadPoint) => number) =>
      load.reduce((most, point) => Math.max(most, pick(point)), 0);
    return {
      node,
      share,
      startedAt,
      threads: generator.threads,
      cpuSeconds: generator.cpuSeconds,
      requests,
      peakCpu: peak(({ cpu }) => cpu),
      peakLoopDelay: peak(({ loopDelay }) => loopDelay),
      late: sum('late'),
      dropped: sum('dropped'),
      limits: generator.limits,
    };
  });
}
