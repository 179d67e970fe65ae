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

/** Who answered at the target, for the list of what stood around a run; what was not seen is left out. */
export function peerFacts({ peer: { addresses, servers, tls } }: Merged): Record<string, string> {
  const facts = { 'Target address': addresses, 'Target server': servers, 'Target TLS': tls };
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, values]) => (values.length > 0 ? [[name, values.join('; ')]] : [])),
  );
}
