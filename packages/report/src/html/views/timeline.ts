import { boundInWords, type Threshold } from '@marteau/measure';
import type { Results } from '../../schema/results.ts';
import type { Series } from '../../schema/series.ts';
import {
  type Curves,
  errorsPanel,
  type Line,
  latencyPanel,
  type Panel,
  throughputPanel,
} from '../draw/panels.ts';
import { loadPanel } from './load-panel.ts';
import { endOf, type TimeAxis, timeAxis } from './time-axis.ts';

/** The main chart: what was asked of the target, what it did, how long it took, on one axis of time. */
interface Timeline extends TimeAxis {
  readonly panels: readonly Panel[];
}

export function timelineOf(results: Results): Timeline | null {
  const series = results.requests;
  if (series === null || results.load.series === null) return null;
  const axis = timeAxis(results);
  const curves = curvesOf(results, series, null);
  const errors = errorsPanel(curves);
  return {
    ...axis,
    panels: [
      loadPanel(results.load.series, axis.end, results.model ?? 'closed'),
      throughputPanel(curves, 'requests'),
      ...(errors === null ? [] : [errors]),
      latencyPanel(curves),
    ],
  };
}

/** One subject's curves and the thresholds that speak of it. */
export function curvesOf(results: Results, { throughput, latency }: Series, label: string | null): Curves {
  const bounds = (results.judgement?.thresholds ?? []).filter(({ threshold }) => threshold.label === label);
  const lines = (pick: (threshold: Threshold) => boolean): Line[] =>
    bounds
      .filter(({ threshold }) => threshold.custom === null && pick(threshold))
      .map(({ threshold, outcome }) => ({
        value: threshold.bound,
        // A mark beside the colour, for those who do not see that one.
        label: `${outcome === 'ok' ? '' : '✗ '}${threshold.metric} ${boundInWords(threshold)}`,
        ok: outcome === 'ok',
      }));
  return {
    end: endOf(results),
    windows: results.steps.map(({ begin, end }) => ({ from: begin, to: end })),
    throughput,
    latency,
    rateBounds: lines(({ metric, unit }) => metric === 'requests' && unit === 'perSecond'),
    latencyBounds: lines(({ percentile, metric }) => percentile !== null || metric === 'max'),
  };
}
