import type { Results } from '../../schema/results.ts';
import { type TimeChart, timeChart } from './time-chart.ts';

/** Beyond these the generator may shape the numbers: shares of a thread, and µs. */
const limits = { cpu: 0.85, loopDelay: 20_000, gc: 0.2 };
const HEIGHT = 72;

/** How busy what generated the load was, over time. */
export function healthOf(results: Results): TimeChart | null {
  const { series } = results.load;
  if (series === null || series.cpu.length === 0) return null;
  const { from, width, cpu, loopDelay, gc = [] } = series;
  const grid = { name: 'users', from, width };
  return timeChart(results, 'generator', 'Generator over time', [
    {
      id: 'cpu',
      title: 'processor of the busiest thread',
      height: HEIGHT,
      highest: 1,
      limit: limits.cpu,
      curves: [{ ...grid, label: 'processor', unit: 'percent', values: cpu }],
    },
    {
      id: 'loop',
      title: 'delay of the event loop, worst thread',
      height: HEIGHT,
      highest: null,
      limit: limits.loopDelay,
      // Of tools of others it is not known.
      curves: [{ ...grid, label: 'event loop', unit: 'latency', values: results.source ? [] : loopDelay }],
    },
    {
      id: 'gc',
      title: 'garbage collection, worst thread',
      height: HEIGHT,
      highest: null,
      limit: limits.gc,
      curves: [
        {
          ...grid,
          label: 'garbage collection',
          unit: 'percent',
          values: gc.some((value) => value > 0) ? gc : [],
        },
      ],
    },
  ]);
}
