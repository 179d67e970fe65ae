import { axisLatency, formatLatency } from '@marteau/shared';
import type { Statistics } from '../../schema/statistics.ts';
import { latencyScale } from '../draw/scale.ts';
import { readable } from '../text.ts';

/**
 * How times spread at each load, as FunkLoad drew it: whiskers from the fastest to p95, a box from p10 to p90, the
 * median as a line, the average as a dot. Places are per cent from the left and from the top.
 */
export interface Candlesticks {
  readonly ticks: readonly { at: number; label: string }[];
  readonly sticks: readonly Stick[];
  readonly isLog: boolean;
}

interface Stick {
  readonly name: string;
  readonly at: number;
  readonly width: number;
  readonly min: number | null;
  readonly p10: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly avg: number | null;
  readonly isBad: boolean;
  readonly title: string;
}

/** @param names of the stages, by index */
export function candlesticksOf(
  all: readonly Statistics[],
  names: ReadonlyMap<number, string>,
): Candlesticks | null {
  const some = all.filter(({ time }) => time.count > 0);
  if (some.length === 0) return null;
  const scale = latencyScale(some.flatMap(({ time }) => [time.min, time.p99 ?? time.p95 ?? time.max]));
  const place = (value: number | null) =>
    value === null ? null : Math.round((1 - scale.place(value)) * 10_000) / 100;
  const slot = 100 / some.length;
  const every = Math.ceil(some.length / 14);
  return {
    isLog: scale.isLog,
    ticks: scale.ticks.map((tick) => ({ at: place(tick)!, label: axisLatency(tick) })),
    sticks: some.map(({ time, step, errors }, i) => ({
      name: i % every === 0 ? readable(names.get(step) ?? '', 40) : '',
      at: round((i + 0.5) * slot),
      width: round(Math.min(slot * 0.5, 4)),
      min: place(time.min),
      p10: place(time.p10 ?? time.min),
      p50: place(time.p50),
      p90: place(time.p90 ?? time.max),
      p95: place(time.p95 ?? time.max),
      p99: place(time.p99),
      avg: place(time.avg),
      isBad: errors > 0,
      title: `${names.get(step) ?? ''}: min ${formatLatency(time.min)}, p50 ${formatLatency(time.p50)}, avg ${formatLatency(time.avg)}, p90 ${formatLatency(time.p90)}, p95 ${formatLatency(time.p95)}, p99 ${formatLatency(time.p99)}`,
    })),
  };
}

const round = (value: number) => Math.round(value * 100) / 100;
