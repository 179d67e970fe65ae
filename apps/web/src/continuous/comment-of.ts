import { plainText } from '@marteau/forge';
import { expectationsOf } from '@marteau/report';
import type { Results } from '@marteau/report/schema';
import {
  type Confirmation,
  figuresOf,
  formatChange,
  formatPercent,
  type PairedFigure,
  type PullStanding,
  pullStanding,
  type Run,
  subjectInWords,
  whyNotCompared,
} from '@marteau/shared';
import type { Standing } from '../data/standing.ts';

const MARKS: Readonly<Record<string, string>> = {
  pass: '✓',
  passed: '✓',
  same: '✓',
  better: '✓',
  fail: '✗',
  worse: '✗',
  invalid: '△',
  inconclusive: '△',
  error: '!',
};
/** What a head came to that passed by itself. */
const VERDICTS: Readonly<Record<PullStanding, string>> = {
  passed: 'pass',
  waits: 'pass, being compared',
  better: 'better',
  same: 'no change',
  worse: 'worse',
  inconclusive: 'not decided',
  broken: 'not compared',
};
const METRICS = { p50: 'p50', p95: 'p95', rate: 'rate', errors: 'errors' } as const;
const MOST_LINES = 20;

/**
 * What the one comment of a test says of a run of a pull request, in Markdown. What the target or the pull request named
 * is written as plain text.
 * @param results null where nothing was measured @param page of the run
 */
export function commentOf(
  run: Run,
  results: Results | null,
  { check, acceptedBy, page }: Standing & { page: string },
): string {
  const { cause, profile, summary } = run;
  const standing = run.verdict === 'pass' ? pullStanding(run, check) : null;
  const outcome = standing ?? run.verdict ?? run.state;
  const word = standing === null ? outcome : VERDICTS[standing];
  const name = plainText(run.name ?? run.test ?? run.project);
  const of = `${name}${profile ? ` (${plainText(profile)})` : ''} at ${cause?.sha.slice(0, 8) ?? ''}`;
  const missed = (results === null ? [] : expectationsOf(results)).filter(({ outcome }) => outcome !== 'ok');
  return [
    `**${MARKS[outcome] ?? ''} ${word}** · ${of}`,
    ...(acceptedBy === null ? [] : ['', `Accepted as it is by ${plainText(acceptedBy)}.`]),
    ...(run.reason ? ['', plainText(run.reason)] : []),
    ...(missed.length > 1
      ? ['', ...missed.slice(0, MOST_LINES).map(({ sentence }) => `- ${plainText(sentence)}`)]
      : []),
    ...(standing === null ? [] : compared(run, check)),
    ...(summary ? ['', ...figures(run)] : []),
    ...(summary?.change ? ['', changeLine(summary.change)] : []),
    '',
    `[The run and its report](${page}) · to repeat it, press *Run again* on its page`,
    '',
  ].join('\n');
}

/** What pairs of runs said, or why there are none. */
function compared(run: Run, check: Confirmation | null): string[] {
  const why = whyNotCompared(run);
  if (why !== null) return why === '' ? [] : ['', plainText(why)];
  if (check === null || check.pairs === 0) return check ? ['', plainText(check.sentence)] : [];
  const base = check.base?.slice(0, 8) ?? '';
  const changed = (check.figures ?? []).filter((one, i) => i === mainOf(check) || one.direction !== 'same');
  const smallest = check.smallest === undefined ? null : formatPercent(Math.ceil(check.smallest * 100) / 100);
  return [
    '',
    plainText(check.sentence),
    ...(changed.length > 0
      ? [
          '',
          `| against ${base} | change | 95 % interval | |`,
          '|:--|--:|:-:|:--|',
          ...changed.slice(0, MOST_LINES).map((one) => row(one, check)),
        ]
      : []),
    ...(smallest === null
      ? []
      : ['', `${pairs(check)}; nine of ten such checks find a change of ${smallest} and more.`]),
  ];
}

const pairs = ({ pairs }: Confirmation) => `${pairs} ${pairs === 1 ? 'pair' : 'pairs'} of runs by turns`;

/** The figure by which it was decided: p95 of all requests at the highest load; of few requests, the median. */
function mainOf({ figures = [] }: Confirmation): number {
  const last = (wanted: string) =>
    figures.findLastIndex(({ label, metric }) => label === null && metric === wanted);
  return last('p95') === -1 ? last('p50') : last('p95');
}

function row(figure: PairedFigure, check: Confirmation): string {
  const { metric, load, change, low, high, direction } = figure;
  const subject = subjectInWords(figure);
  const points = metric === 'errors' ? ` of all${figure.of ? '' : ' requests'}` : '';
  const written = (value: number) => `${formatChange(value)}${points}`;
  const of = subject === null ? '' : ` of ${plainText(subject)}`;
  const isMain = figure === check.figures?.[mainOf(check)];
  const said = isMain ? VERDICTS[check.decision as PullStanding] : direction;
  const interval = low === null || high === null ? '–' : `${written(low)} … ${written(high)}`;
  return `| ${METRICS[metric]}${of} at ${plainText(load)} | ${written(change)} | ${interval} | ${said ?? direction} |`;
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
export function isNews(run: Run, check: Confirmation | null): boolean {
  const { verdict, state, summary } = run;
  if (verdict !== 'pass') return verdict === 'fail' || verdict === 'invalid' || state === 'error';
  const standing = pullStanding(run, check);
  if (standing === 'passed') return summary?.change !== undefined;
  return standing === 'worse' || standing === 'better' || standing === 'inconclusive';
}
