import { boundInWords, inWords, metricOf, subjectInWords } from '@marteau/measure';
import { formatPercent, spellDuration } from '@marteau/shared';
import { faultName } from '../../chaos/judge-fault.ts';
import { faultsOf } from '../../results/events.ts';
import { expectingFaults } from '../../results/expectations.ts';
import type { JudgedFault } from '../../schema/chaos.ts';
import type { JudgedStage, JudgedThreshold } from '../../schema/judgement.ts';
import type { Results } from '../../schema/results.ts';

/**
 * The thresholds as a table: one row each, one column a stage where these are few enough to read; and a row for each fault
 * of which something was expected.
 */
export interface ThresholdsView {
  readonly steps: readonly string[];
  readonly rows: readonly ThresholdRow[];
  readonly areDefaults: boolean;
  /** How many more there are, in results.json. */
  readonly left: number;
}

interface ThresholdRow {
  readonly outcome: 'ok' | 'fail' | 'absent' | 'invalid';
  readonly icon: string;
  readonly subject: string;
  readonly clauses: string;
  readonly required: string;
  readonly cells: readonly StageCell[];
  /** What stands across the stages when none could be judged. */
  readonly sentence: string;
  readonly margin: string;
  /** Length of the margin's bar in per cent, to the good or the bad side. */
  readonly bar: number;
}

interface StageCell {
  readonly text: string;
  readonly style: string;
  readonly title: string;
}

/** More rows than this are no first screen; those that did not hold come before the others then. */
const MOST_ROWS_SHOWN = 60;

/** More columns than this are no table that one can read; then only the worst stage is shown. */
const MOST_COLUMNS = 6;

const icons = {
  ok: 'pass',
  fail: 'fail',
  absent: 'invalid',
  unsupported: 'invalid',
  invalid: 'invalid',
} as const;

export function thresholdsView(results: Results): ThresholdsView {
  const thresholds = results.judgement?.thresholds ?? [];
  const isNarrow = results.steps.length <= MOST_COLUMNS;
  const leavesOut =
    (results.chaos?.faults ?? []).some(({ lasting }) => !lasting) || faultsOf(results.events).length > 0;
  const all = [
    ...thresholds.map((judged) => rowOf(judged, results, { isNarrow, leavesOut })),
    ...expectingFaults(results).map(faultRow),
  ];
  const rows = all.length <= MOST_ROWS_SHOWN ? all : failedFirst(all).slice(0, MOST_ROWS_SHOWN);
  return {
    steps: isNarrow ? results.steps.map(({ plan }) => plan.name) : ['worst stage'],
    rows,
    areDefaults: thresholds.length > 0 && thresholds.every(({ threshold }) => threshold.isDefault),
    left: all.length - rows.length,
  };
}

function failedFirst(all: readonly ThresholdRow[]): ThresholdRow[] {
  return all.toSorted((a, b) => Number(a.outcome === 'ok') - Number(b.outcome === 'ok'));
}

/** What was expected of the target while something was broken, and after. */
function faultRow(fault: JudgedFault): ThresholdRow {
  const { outcome, sentence, recoverWithin, errors } = fault;
  const name = faultName(fault);
  const wanted = [
    errors === null ? '' : `errors ${boundInWords(errors)}`,
    recoverWithin === null ? '' : `recovers within ${spellDuration(recoverWithin)}`,
  ];
  const said = sentence.slice(`${name}: `.length).replace(/ \(wanted [^)]*\)/, '');
  return {
    outcome,
    icon: icons[outcome],
    subject: name,
    clauses: 'fault',
    required: wanted.filter(Boolean).join(', '),
    cells: [],
    sentence: said.charAt(0).toUpperCase() + said.slice(1),
    margin: '',
    bar: 0,
  };
}

function rowOf(
  judged: JudgedThreshold,
  results: Results,
  { isNarrow, leavesOut }: { isNarrow: boolean; leavesOut: boolean },
): ThresholdRow {
  const { threshold, outcome, margin, steps, step } = judged;
  const worst = steps.find((one) => one.step === step);
  const cells = isNarrow
    ? results.steps.map(({ plan }) =>
        cellOf(
          judged,
          steps.find((one) => one.step === plan.index),
        ),
      )
    : [cellOf(judged, worst, results.steps.find(({ plan }) => plan.index === step)?.plan.name)];
  return {
    outcome: outcome === 'ok' || outcome === 'fail' ? outcome : 'absent',
    icon: icons[outcome],
    subject: subjectInWords(threshold),
    clauses: clausesOf(judged, leavesOut),
    required: boundInWords(threshold),
    cells,
    sentence: outcome === 'absent' || outcome === 'unsupported' ? withoutSource(judged) : '',
    margin: margin === null ? '' : `${margin < 0 ? '−' : '+'}${formatPercent(Math.abs(margin))}`,
    bar: margin === null ? 0 : Math.round(Math.max(-1, Math.min(1, margin)) * 100),
  };
}

/** The sentence beside its threshold, which need not be said twice. */
function withoutSource({ sentence, threshold: { source } }: JudgedThreshold): string {
  const rest = sentence.startsWith(source)
    ? sentence.slice(source.length).replace(/^( was not judged)?: /, '')
    : sentence;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

function cellOf({ threshold }: JudgedThreshold, judged: JudgedStage | undefined, where = ''): StageCell {
  if (judged === undefined) return { text: '–', style: 'quiet', title: 'not judged in this stage' };
  const value = inWords(judged.measured, threshold.unit);
  const thin = judged.thin === null ? '' : `rests on only ${judged.thin} values`;
  return {
    text: `${judged.thin === null ? '' : '≈ '}${value}${where === '' ? '' : ` at ${where}`}`,
    style: judged.ok ? '' : 'bad',
    title: thin,
  };
}

function clausesOf(
  { threshold: { metric, custom, windowMs, at, duringFaults, isDefault } }: JudgedThreshold,
  leavesOut: boolean,
): string {
  const words = [];
  if (windowMs !== null) words.push(`over ${windowMs / 1000}s`);
  if (at !== null) words.push('users' in at ? `at ${at.users} users` : `at ${at.rate}/s`);
  if (duringFaults) words.push('during faults');
  else if (leavesOut && custom === null && !metricOf(metric)?.isAtEnd) words.push('outside of faults');
  if (isDefault) words.push('default');
  return words.join(', ');
}
