import { type FailureGroup, recordedCount } from '@marteau/measure';
import { type Expectation, expectationsOf } from '@marteau/report';
import type { Comparison, Results } from '@marteau/report/schema';
import { formatCount, formatLatency, formatPercent, formatRate, type Verdict } from '@marteau/shared';

const MOST_FAILURES = 5;
const always = ['load', 'requests', 'rate', 'p50', 'p95', 'p99', 'errors', 'failed'] as const;

/** How a line is to be seen; who prints it knows how. */
export type Tone = 'good' | 'bad' | 'strong' | 'plain';
export type Line = readonly [text: string, tone: Tone];

const toneOf: Readonly<Record<Verdict, Tone>> = { pass: 'good', fail: 'bad', invalid: 'bad' };

/** What a run came to, in a screenful: verdict, every step of the load, what was expected, the most frequent failures. */
export function verdictLines(results: Results): Line[] {
  const { judgement, failures, comparison = null } = results;
  const verdict: Line[] = judgement
    ? [[`${judgement.verdict.toUpperCase()}  ${judgement.reason}`, toneOf[judgement.verdict]]]
    : [];
  const kept = failures.toSorted((a, b) => recordedCount(b) - recordedCount(a)).slice(0, MOST_FAILURES);
  return [
    ...verdict,
    ['', 'plain'],
    ...stepLines(results),
    ['', 'plain'],
    ...expectationsOf(results).map(expectationLine),
    ...(comparison ? ([['', 'plain'], comparisonLine(comparison)] as Line[]) : []),
    ...(kept.length > 0 ? ([['', 'plain']] as Line[]) : []),
    ...kept.map(failureLine),
    ...(failures.length > kept.length
      ? ([[`  and ${failures.length - kept.length} more kinds, which the report lists`, 'plain']] as Line[])
      : []),
  ];
}

function stepLines({ steps }: Results): Line[] {
  // What was intended is of interest where it was a rate, or where users did not come.
  const hasRate = steps.some(({ starts }) => starts && starts.planned > 0);
  const lacksUsers = steps.some(({ starts }) => starts && starts.neverBegan > 0);
  const columns = [...always, ...(hasRate ? ['dropped'] : []), ...(lacksUsers ? ['never began'] : [])];
  const rows = steps.map(({ plan, requests, tests, starts }) => [
    plan.name,
    formatCount(requests.count),
    formatRate(requests.rate),
    formatLatency(requests.time.p50),
    formatLatency(requests.time.p95),
    formatLatency(requests.time.p99),
    formatPercent(requests.count > 0 ? requests.errors / requests.count : null),
    formatCount(tests.errors + (starts?.userFailures ?? 0)),
    ...(hasRate ? [outOf(starts?.dropped, starts?.planned)] : []),
    ...(lacksUsers ? [outOf(starts?.neverBegan, starts?.users)] : []),
  ]);
  const widths = columns.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const lay = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  return [[`  ${lay(columns)}`, 'strong'], ...rows.map((row): Line => [`  ${lay(row)}`, 'plain'])];
}

/** '12 of 300', where any were intended. */
function outOf(count = 0, all = 0): string {
  return all > 0 ? `${formatCount(count)} of ${formatCount(all)}` : '–';
}

function expectationLine({ outcome, sentence, suggestions }: Expectation): Line {
  const meant = suggestions.length > 0 ? ` Did you mean ${suggestions.join(', ')}?` : '';
  return [`  ${outcome === 'ok' ? '✓' : '✗'} ${sentence}${meant}`, outcome === 'ok' ? 'good' : 'bad'];
}

/** What changed since the last good runs of this folder. */
function comparisonLine({ sentence, direction }: Comparison): Line {
  return [`  ${sentence}`, direction === 'worse' ? 'bad' : direction === 'better' ? 'good' : 'plain'];
}

function failureLine(group: FailureGroup): Line {
  const { label, test, message, source } = group;
  const where = source === null ? '' : ` (${source})`;
  return [
    `  ${formatCount(recordedCount(group))} × ${label || test}: ${message.replace(/\s+/g, ' ').slice(0, 200)}${where}`,
    'plain',
  ];
}
