import { plainText } from '@marteau/forge';
import { expectationsOf } from '@marteau/report';
import type { Results } from '@marteau/report/schema';
import { figuresOf, formatChange, type Run } from '@marteau/shared';

const MARKS: Readonly<Record<string, string>> = { pass: '✓', fail: '✗', invalid: '△', error: '!' };
const METRICS = { p50: 'p50', p95: 'p95', rate: 'rate', errors: 'errors' } as const;
const MOST_LINES = 20;

/**
 * What the one comment of a test says of a run of a pull request, in Markdown. What the target or the pull request named
 * is written as plain text.
 * @param results null where nothing was measured @param page of the run
 */
export function commentOf(run: Run, results: Results | null, page: string): string {
  const { cause, profile, summary } = run;
  const outcome = run.verdict ?? run.state;
  const name = plainText(run.name ?? run.test ?? run.project);
  const of = `${name}${profile ? ` (${plainText(profile)})` : ''} at ${cause?.sha.slice(0, 8) ?? ''}`;
  const missed = (results === null ? [] : expectationsOf(results)).filter(({ outcome }) => outcome !== 'ok');
  return [
    `**${MARKS[outcome] ?? ''} ${outcome}** · ${of}`,
    ...(run.reason ? ['', plainText(run.reason)] : []),
    ...(missed.length > 1
      ? ['', ...missed.slice(0, MOST_LINES).map(({ sentence }) => `- ${plainText(sentence)}`)]
      : []),
    ...(summary ? ['', ...figures(run)] : []),
    ...(summary?.change ? ['', changeLine(summary.change)] : []),
    '',
    `[The run and its report](${page}) · to repeat it, press *Run again* on its page`,
    '',
  ].join('\n');
}

function figures({ summary }: Run): string[] {
  const { p50, p95, p99, rate, requests, errors } = figuresOf(summary);
  return [
    '| p50 | p95 | p99 | rate | requests | errors |',
    '|--:|--:|--:|--:|--:|--:|',
    `| ${[p50, p95, p99, rate, requests, errors].join(' | ')} |`,
    ...(summary?.stage === undefined
      ? []
      : ['', `Times are those of the slowest stage, ${plainText(summary.stage)}.`]),
  ];
}

function changeLine({
  metric,
  label,
  change,
  direction,
  grade,
}: NonNullable<NonNullable<Run['summary']>['change']>): string {
  const of = label === null ? '' : ` of ${plainText(label)}`;
  const points = metric === 'errors' ? ' points' : '';
  return `${METRICS[metric]}${of} ${formatChange(change, 0)}${points} since the last good runs of the target branch: ${direction} (${grade}).`;
}

/** Whether there is something that people should read of it. */
export function isNews({ verdict, state, summary }: Run): boolean {
  return verdict === 'fail' || verdict === 'invalid' || state === 'error' || summary?.change !== undefined;
}
