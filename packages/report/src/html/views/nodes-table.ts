import { formatCount, formatLatency, formatPercent } from '@marteau/shared';
import type { NodeResult, Results } from '../../schema/results.ts';
import { figure, type Table, word } from './table.ts';

const SEEN_OF_TOOLS = new Set(['requests', 'processor', 'cpu time', 'dropped starts']);

/** The nodes that generated the load, and how well they kept up. */
export function nodesTable({ nodes, source }: Results): Table | null {
  if (nodes.length === 0) return null;
  const all: { label: string; title: string; cell: (node: NodeResult) => ReturnType<typeof figure> }[] = [
    { label: 'threads', title: 'that ran users', cell: ({ threads }) => figure(String(threads), threads) },
    { label: 'requests', title: 'it made', cell: ({ requests }) => figure(formatCount(requests), requests) },
    {
      label: 'processor',
      title: 'highest use of a thread',
      cell: ({ peakCpu }) => figure(formatPercent(peakCpu), peakCpu, peakCpu > 0.85 ? 'bad' : ''),
    },
    {
      label: 'cpu time',
      title: 'used in all',
      cell: ({ cpuSeconds }) =>
        figure(
          `${cpuSeconds < 10 ? Number(cpuSeconds.toFixed(1)) : formatCount(cpuSeconds)} s`,
          cpuSeconds,
          'quiet',
        ),
    },
    {
      label: 'event loop',
      title: 'longest delay (p99 of an interval)',
      cell: ({ peakLoopDelay }) =>
        figure(formatLatency(peakLoopDelay), peakLoopDelay, peakLoopDelay > 20_000 ? 'bad' : ''),
    },
    {
      label: 'late starts',
      title: 'iterations that began more than 10 ms late while users were idle',
      cell: ({ late }) => figure(formatCount(late), late, late > 0 ? 'bad' : 'quiet'),
    },
    {
      label: 'dropped starts',
      title: 'iterations that could not begin, because all users waited for the target',
      cell: ({ dropped }) => figure(formatCount(dropped), dropped, dropped > 0 ? 'bad' : 'quiet'),
    },
  ];
  // Of tools of others no more is seen from outside.
  const columns = source === undefined ? all : all.filter(({ label }) => SEEN_OF_TOOLS.has(label));
  return {
    id: 'nodes',
    caption: 'Nodes',
    columns: [
      { label: 'node', title: 'its name', isNumber: false },
      ...columns.map(({ label, title }) => ({ label, title, isNumber: true })),
    ],
    bodies: [
      {
        title: '',
        rows: nodes.map((node) => ({
          group: '',
          cells: [word(node.node, 'strong'), ...columns.map(({ cell }) => cell(node))],
        })),
      },
    ],
    isSortable: false,
  };
}
