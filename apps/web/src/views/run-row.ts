import { formatLatency, formatPercent, formatRate, type Run } from '@marteau/shared';
import { type Badge, badge } from './badge.ts';
import { type CommitView, commitView } from './commit.ts';
import { type Moment, moment } from './moment.ts';
import { projectName, who } from './project.ts';

/** One line of a table of runs. */
export interface RunRow {
  id: string;
  href: string;
  badge: Badge;
  name: string;
  test: string | null;
  commit: CommitView | null;
  who: string;
  p95: string;
  change: Change | null;
  errors: string;
  rate: string;
  spark: Sparkline | null;
  when: Moment | null;
  reason: string | null;
}

/** How far p95 moved since the run before. Below 5 % nothing is said: two runs of one commit differ as much. */
export interface Change {
  text: string;
  kind: 'worse' | 'better';
}

const SMALLEST_CHANGE = 0.05;

/**
 * Rows for a list of runs, newest first. The change of p95 is against the next older run in this list that ran the
 * same test of the same project and finished with a verdict other than invalid.
 */
export function runRows(runs: readonly Run[], now: number): RunRow[] {
  const older = new Map<string, number>();
  const rows: RunRow[] = [];
  for (const run of runs.toReversed()) {
    const key = [run.project, run.test, run.profile].join('\n');
    rows.push(runRow(run, older.get(key) ?? null, now));
    if (run.verdict !== 'invalid' && run.summary?.p95) older.set(key, run.summary.p95);
  }
  return rows.reverse();
}

function runRow(run: Run, p95Before: number | null, now: number): RunRow {
  const { summary } = run;
  return {
    id: run.id,
    href: `/runs/${run.id}`,
    badge: badge(run),
    name: projectName(run),
    test: run.test,
    commit: commitView(run),
    who: who(run),
    p95: formatLatency(summary?.p95 ?? null),
    change: changeOf(summary?.p95 ?? null, p95Before),
    errors: formatPercent(summary?.errorRate ?? null),
    rate: formatRate(summary?.rate ?? null),
    spark: sparkline(summary?.spark ?? []),
    when: moment(run.endedAt ?? run.submittedAt, now),
    reason: run.reason,
  };
}

function changeOf(p95: number | null, before: number | null): Change | null {
  if (p95 === null || before === null) return null;
  const ratio = p95 / before - 1;
  if (Math.abs(ratio) < SMALLEST_CHANGE) return null;
  const text =
    ratio >= 1
      ? `×${(ratio + 1).toFixed(1)}`
      : `${ratio > 0 ? '+' : '−'}${Math.round(Math.abs(ratio) * 100)} %`;
  return { text, kind: ratio > 0 ? 'worse' : 'better' };
}

interface Sparkline {
  width: number;
  height: number;
  line: string;
  area: string;
  label: string;
}

const HEIGHT = 24;

/** A row of rates as two SVG paths from zero up, in whole steps to keep pages small; null for less than two points. */
export function sparkline(rates: readonly number[]): Sparkline | null {
  if (rates.length < 2) return null;
  const highest = Math.max(...rates, Number.MIN_VALUE);
  const heights = rates.map((rate) => Math.round(HEIGHT - 1 - (Math.max(rate, 0) / highest) * (HEIGHT - 2)));
  const steps = heights.slice(1).map((at, i) => `${at - (heights[i] ?? 0)}`);
  const path = `M0 ${heights[0]}l1 ${steps.join(' 1 ')}`;
  return {
    width: rates.length - 1,
    height: HEIGHT,
    line: path,
    area: `${path}V${HEIGHT}H0`,
    label: `at most ${formatRate(highest)}`,
  };
}
