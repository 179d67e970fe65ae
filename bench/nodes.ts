import { type Bench, median, type Row } from './bench.ts';
import { measureMerging } from './nodes/merging.ts';
import { enoughCores, ratesOfNodes } from './nodes/second-node.ts';
import { startSkews } from './nodes/start-skew.ts';

/** One run over many nodes: how close they start, what merging costs, what a node more gives. */
export const bench: Bench = {
  name: 'nodes',
  about: 'start skew of 8 shares, merging the measurements of 9 nodes over 1 h, two nodes against one',
  goals: {
    start_skew_p50_ms: { better: 'lower', goal: 5 },
    start_skew_p99_ms: { better: 'lower', goal: 50 },
    merge_s: { better: 'lower', goal: 1 },
    // Fewer than four cores cannot tell: there two nodes share what one of them had, so there is no must.
    two_nodes_vs_one: { better: 'higher', goal: 1.8, must: enoughCores ? 1.8 : 0 },
  },
  async run({ rounds, say }) {
    const skews = await startSkews(rounds, say);
    const merge = measureMerging(rounds, say);
    const rates = await ratesOfNodes(rounds, say);
    const runs = `8 shares, ${skews.shares.length} runs`;
    const timers = 'a timer alone in the same 8 processes';
    const merging = '9 nodes x 1 h x 20 labels';
    const computing = `1 ms of computing${enoughCores ? '' : ' (< 4 cores)'}`;
    return {
      rows: [
        row(runs, 'last start − first, p50', percentile(skews.shares, 0.5), 'ms'),
        row(runs, 'last start − first, p99', percentile(skews.shares, 0.99), 'ms'),
        row(timers, 'last − first, p50', percentile(skews.timers, 0.5), 'ms'),
        row(timers, 'last − first, p99', percentile(skews.timers, 0.99), 'ms'),
        row(merging, 'reading the shares', median(merge.reading), 's'),
        row(merging, 'merging', median(merge.merging), 's'),
        row(`${computing}, one node`, 'iterations per second', median(rates.one), '1/s'),
        row(`${computing}, two nodes`, 'iterations per second', median(rates.two), '1/s'),
      ],
      ratios: {
        start_skew_p50_ms: percentile(skews.shares, 0.5),
        start_skew_p99_ms: percentile(skews.shares, 0.99),
        merge_s: median(merge.merging),
        two_nodes_vs_one: median(rates.two.map((two, n) => two / rates.one[n]!)),
      },
    };
  },
};

function row(name: string, metric: string, value: number, unit: string): Row {
  return { case: name, metric, value, unit };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
