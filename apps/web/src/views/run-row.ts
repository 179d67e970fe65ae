import {
  figuresOf,
  formatChange,
  formatRate,
  type GradedChange,
  type Run,
  subjectInWords,
} from '@marteau/shared';
import type { RunNotes } from '@marteau/store';
import { type Badge, badge } from './badge.ts';
import { type CommitView, commitView } from './commit.ts';
import { type Moment, moment } from './moment.ts';
import { projectName, who } from './project.ts';
import { type TagView, tagViews } from './tags.ts';

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
  tags: readonly TagView[];
}

/** What the run's comparison says stands out, as its page tells it. */
export interface Change {
  text: string;
  /** How sure it is: 'suspected', or with its direction 'confirmed worse'. */
  sure: string;
  isConfirmed: boolean;
  kind: 'worse' | 'better';
}

/** Rows for a list of runs, newest first. The repeats of one confirmation are one row, where the newest of them is. */
export function runRows(
  runs: readonly Run[],
  now: number,
  notes: ReadonlyMap<string, Pick<RunNotes, 'tags'>> = new Map(),
): RunRow[] {
  const repeats = Map.groupBy(
    runs.filter(({ kind }) => kind === 'repeat'),
    confirmedBy,
  );
  return runs.flatMap((run) => {
    if (run.kind !== 'repeat') return [{ ...runRow(run, now), tags: tagViews(notes.get(run.id)) }];
    const together = repeats.get(confirmedBy(run)) ?? [run];
    return together[0] === run ? [repeatsRow(together, now)] : [];
  });
}

/** What 0.1.0 left does not tell which run it confirms. */
const confirmedBy = (run: Run): string => run.confirms ?? run.project;

function runRow(run: Run, now: number): RunRow {
  const { summary } = run;
  const { p95, errors, rate } = figuresOf(summary);
  return {
    id: run.id,
    href: `/runs/${run.id}`,
    badge: badge(run),
    name: projectName(run),
    test: run.test,
    commit: commitView(run),
    who: who(run),
    p95,
    change: summary?.change ? changeView(summary.change) : null,
    errors,
    rate,
    spark: sparkline(summary?.spark ?? []),
    when: moment(run.endedAt ?? run.submittedAt, now),
    reason: run.reason,
    tags: [],
  };
}

/** Repeats have no figures of their own: what they say together stands on the page of the run whose change they confirm. */
function repeatsRow(repeats: readonly Run[], now: number): RunRow {
  const newest = repeats[0]!;
  const count = repeats.length === 1 ? 'One repeat' : `${repeats.length} repeats`;
  return {
    ...runRow({ ...newest, summary: null }, now),
    href: `/runs/${newest.confirms ?? newest.id}`,
    badge: { kind: 'waiting', icon: 'done', word: 'repeats' },
    commit: null,
    reason: `${count} to confirm a change`,
  };
}

const metrics = { p50: 'median', p95: 'p95', rate: 'rate', errors: 'errors' } as const;

function changeView(changed: GradedChange): Change {
  const { metric, change, direction, grade } = changed;
  const label = subjectInWords(changed);
  const isConfirmed = grade === 'confirmed';
  const isP95 = metric === 'p95' && label === null;
  const size = `${formatChange(change, 0)}${metric === 'errors' ? ' points' : ''}`;
  return {
    text: isP95
      ? size
      : `${metrics[metric]}${label === null ? '' : ` of ${label.slice(0, MOST_LABEL)}`} ${size}`,
    sure: isConfirmed ? `confirmed ${direction}` : grade,
    isConfirmed,
    kind: direction,
  };
}

const MOST_LABEL = 30;

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
