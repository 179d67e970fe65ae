import { axisCount, axisLatency, figuresOf, formatChange, formatPercent, kindInWords } from '@marteau/shared';
import type { Trend, TrendRun } from '../../trend/trend.ts';
import { linearScale } from '../draw/scale.ts';
import { momentInWords } from '../sentences.ts';
import { commitLink, readable, safeLink } from '../text.ts';

/** A trend as the template draws it. Places are per cent from the left and from the top. */
export interface TrendChart {
  readonly title: string;
  readonly name: string;
  readonly ticks: readonly { at: number; label: string }[];
  readonly line: string;
  readonly dots: string;
  /** Runs that do not count. */
  readonly hollow: string;
  /** The mean of each level. */
  readonly levels: string;
  readonly changes: readonly { at: number; label: string; commit: string; direction: 'worse' | 'better' }[];
  /** Days, below it. */
  readonly days: readonly { at: number; label: string }[];
}

export interface TrendRow {
  readonly when: string;
  readonly link: string | null;
  readonly verdict: string;
  readonly commit: string;
  readonly commitLink: string | null;
  readonly subject: string;
  readonly p95: string;
  readonly rate: string;
  readonly errors: string;
  readonly change: string;
  readonly direction: string;
}

const words = {
  p95: { title: 'p95 of the slowest stage', name: 'p95', tick: axisLatency },
  rate: { title: 'requests per second', name: 'rate', tick: axisCount },
  errorRate: { title: 'errors', name: 'errors', tick: (value: number) => formatPercent(value) },
} as const;

/** Days that stand below a chart without lying on each other, on a phone too. */
const MOST_DAYS = 5;

/** @param runs those that the values are of */
export function trendChart({ metric, of, values, changes }: Trend, runs: readonly TrendRun[]): TrendChart {
  const scale = linearScale(Math.max(0, ...values.map((value) => value ?? 0)) * 1.15, 3);
  const left = (i: number) => round(((i + 0.5) / values.length) * 100);
  const top = (value: number) => round((1 - scale.place(value)) * 100);
  const counted = values.flatMap((value, i) =>
    value === null ? [] : [{ at: left(i), top: top(value), value, i }],
  );
  const begins = [0, ...changes.map(({ index }) => index), values.length];
  const levels = begins.slice(0, -1).flatMap((from, k) => {
    const own = counted.filter(({ i }) => i >= from && i < begins[k + 1]!);
    if (own.length === 0 || changes.length === 0) return [];
    const mean = Math.exp(own.reduce((sum, { value }) => sum + Math.log(value), 0) / own.length);
    return [`M${own[0]!.at} ${top(mean)}H${own.at(-1)!.at}`];
  });
  const { tick } = words[metric];
  const { title, name } = of
    ? { title: `p95 of ${of.kind}: ${of.name}`, name: nameOf({ metric, of }) }
    : words[metric];
  return {
    title,
    name,
    ticks: scale.ticks.map((value) => ({ at: top(value), label: tick(value) })),
    line: counted.map(({ at, top: y }, k) => `${k === 0 ? 'M' : 'L'}${at} ${y}`).join(''),
    dots: counted.map(({ at, top: y }) => `M${at} ${y}h0`).join(''),
    hollow: values.map((value, i) => (value === null ? `M${left(i)} 97h0` : '')).join(''),
    levels: levels.join(''),
    changes: changes.map(({ index, change }) => ({
      at: round((index / values.length) * 100),
      label: formatChange(change),
      commit: runs[index]?.run.commit?.slice(0, 8) ?? '',
      direction: change > 0 === (metric === 'rate') ? 'better' : 'worse',
    })),
    days: daysOf(runs).map(({ i, label }) => ({ at: left(i), label })),
  };
}

/** 'p95', 'p95 of ws round trip' */
function nameOf({ metric, of }: Pick<Trend, 'metric' | 'of'>): string {
  return of ? `p95 of ${kindInWords(of)}` : words[metric].name;
}

/** '21 Nov' of some of the runs, from the first to the last. */
function daysOf(runs: readonly TrendRun[]): { i: number; label: string }[] {
  const count = Math.min(MOST_DAYS, runs.length);
  const picked = Array.from({ length: count }, (_, k) =>
    Math.round((k * (runs.length - 1)) / Math.max(1, count - 1)),
  );
  return picked.map((i) => {
    const { startedAt, submittedAt } = runs[i]!.run;
    return { i, label: momentInWords(startedAt ?? submittedAt).replace(/ \d{4},.*$/, '') };
  });
}

/** The runs as a table, the newest first. */
export function trendRows(runs: readonly TrendRun[], trends: readonly Trend[]): TrendRow[] {
  return runs
    .map(({ run, url }, i): TrendRow => {
      const changes = trends.flatMap(({ metric, of, changes: all }) =>
        all
          .filter(({ index }) => index === i)
          .map(({ change }) => ({ metric, change, name: nameOf({ metric, ...(of && { of }) }) })),
      );
      const first = changes[0];
      const { p95, rate, errors } = figuresOf(run.summary);
      return {
        when: momentInWords(run.startedAt ?? run.submittedAt).replace(/ UTC$/, ''),
        link: safeLink(url),
        verdict: run.verdict ?? run.state,
        commit: run.commit?.slice(0, 8) ?? '',
        commitLink: commitLink(run.repo, run.commit),
        subject: readable(run.commitSubject ?? '', 100),
        p95,
        rate,
        errors,
        change: changes.map(({ name, change }) => `${name} ${formatChange(change)}`).join(', '),
        direction:
          first === undefined ? '' : first.change > 0 === (first.metric === 'rate') ? 'better' : 'worse',
      };
    })
    .reverse();
}

const round = (value: number) => Math.round(value * 100) / 100;
