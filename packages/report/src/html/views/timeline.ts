import { boundInWords, type Results, type Series, type Threshold } from '@marteau/shared';
import {
  type Curves,
  errorsPanel,
  type Line,
  latencyPanel,
  type Panel,
  throughputPanel,
} from '../page/panels.js';
import { timeTicks } from '../page/scale.js';
import { moment } from '../page/units.js';
import { loadPanel } from './load-panel.ts';

/** The main chart: what was asked of the target, what it did, how long it took, on one axis of time. */
export interface Timeline {
  readonly end: number;
  readonly bands: readonly { from: number; to: number; at: number; width: number; label: string }[];
  readonly ticks: readonly { at: number; label: string }[];
  readonly panels: readonly Panel[];
  readonly events: readonly { at: number; width: number; title: string; detail: string; time: string }[];
  readonly summary: string;
}

/** Per cent of the axis, with two digits. */
const place = (ms: number, end: number) => Math.round((Math.max(0, Math.min(ms, end)) / end) * 10_000) / 100;

export function timelineOf(results: Results): Timeline | null {
  const series = results.requests;
  if (series === null || results.load.series === null) return null;
  const end = endOf(results);
  const curves = curvesOf(results, series, null);
  const errors = errorsPanel(curves);
  return {
    end,
    bands: bandsOf(results, end),
    ticks: timeTicks(0, end).map((at) => ({ at: place(at, end), label: moment(at) })),
    panels: [
      loadPanel(results.load.series, end, results.model ?? 'closed'),
      throughputPanel(curves, 'requests'),
      ...(errors === null ? [] : [errors]),
      latencyPanel(curves),
    ],
    events: results.events.map((event) => ({
      at: place(event.at, end),
      width: Math.max(0.04, place(event.at + event.duration, end) - place(event.at, end)),
      title: event.title,
      detail: event.detail,
      time: moment(Math.max(0, event.at)),
    })),
    summary: `Load, requests per second, errors and response times over ${moment(end)}.`,
  };
}

/** Where the axis of time ends. */
export function endOf({ load, steps }: Results): number {
  const { series } = load;
  const last = series === null ? 0 : series.from + series.width * series.users.length;
  return Math.max(1, last, ...steps.map((step) => step.end));
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

/** The recorded windows; where there are many, only some are named, and on a phone only every fourth of these. */
export function bandsOf({ steps }: Results, end: number) {
  const every = Math.ceil(steps.length / 12);
  return steps.map((step, i) => ({
    from: step.begin,
    to: step.end,
    at: place(step.begin, end),
    width: place(step.end, end) - place(step.begin, end),
    label: i % every === 0 ? step.plan.name : '',
    isMinor: steps.length > 4 && i % (every * 4) !== 0,
  }));
}
