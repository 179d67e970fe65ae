import { type FailureGroup, recordedCount } from '@marteau/measure';
import { baselinesInWords, expectationsOf } from '@marteau/report';
import type { Judgement, Results } from '@marteau/report/schema';
import {
  figuresOf,
  formatChange,
  formatCount,
  formatPercent,
  type GradedChange,
  namedRef,
  type Run,
  spellDuration,
} from '@marteau/shared';

/** What a mail says, in words; the templates only lay it out. */
export interface MailFacts {
  /** 'pass', 'fail', 'invalid', 'error', 'cancelled' */
  outcome: string;
  /** 'Marketplace' */
  name: string;
  /** One sentence: why. */
  sentence: string;
  /** Label and value, the few numbers that matter. */
  numbers: { label: string; value: string; change: string }[];
  /** Which runs these are: '4dce89d1 Faster cart and 4 more'. */
  since: string;
  /** What changed since the last good runs, and how sure that is; empty where there are none to compare with. */
  change: string;
  /** Where and when it went wrong first; empty when it did not. */
  firstFailure: string;
  /** Every threshold that did not hold, and every fault that the target did not bear. */
  missed: string[];
  topError: { title: string; where: string; sample: string } | null;
  /** Which of the two was the limit: target or generator. Empty when nothing was measured. */
  limit: string;
  /** The app's last lines; empty when there was no app or all went well. */
  appLog: string[];
  /** Repository, commit, submitter and so on. */
  ran: { label: string; value: string }[];
}

interface Sources {
  run: Run;
  /** Null where nothing was measured. */
  results: Results | null;
  appLog: string[];
}

/** Picks out of a run what its mail says. */
export function mailFacts({ run, results, appLog }: Sources): MailFacts {
  const judgement = results?.judgement ?? null;
  const outcome = run.verdict ?? run.state;
  return {
    outcome,
    name:
      run.name ??
      run.project
        .replace(/\.git$/, '')
        .split('/')
        .at(-1) ??
      run.project,
    sentence: sentenceOf(run, judgement),
    numbers: numbersOf(run),
    change: results?.comparison?.sentence ?? '',
    since: baselinesInWords(results?.comparison?.baselines ?? []),
    firstFailure: results && judgement ? firstFailure(results, judgement) : '',
    missed: (results === null ? [] : expectationsOf(results))
      .filter(({ outcome }) => outcome !== 'ok')
      .map(({ sentence }) => sentence),
    topError: topError(results?.failures ?? []),
    limit: results && judgement ? limitOf(results) : '',
    appLog: outcome === 'pass' ? [] : appLog,
    ran: whatRan(run),
  };
}

function sentenceOf(run: Run, judgement: Judgement | null): string {
  const reason = run.reason ?? judgement?.reason ?? '';
  if (run.verdict === 'pass' && run.summary) {
    const { p95, rate } = figuresOf(run.summary);
    return `p95 ${p95}, ${rate.replace('/s', ' requests/s')}`;
  }
  // A subject has no room for how many thresholds failed, and the mail lists them.
  const named = judgement?.thresholds.find(
    ({ outcome, sentence }) => outcome !== 'ok' && reason.startsWith(sentence.replace(/\.$/, '')),
  );
  return named?.sentence ?? reason;
}

function numbersOf({ summary }: Run): MailFacts['numbers'] {
  if (!summary) return [];
  const { change } = summary;
  const { p50, p95, p99, rate, requests, errors, failures } = figuresOf(summary);
  const since = (metric: GradedChange['metric']) =>
    change?.metric === metric && change.label === null ? changeSince(change) : '';
  // Of several stages, times are those of the slowest.
  const slowest =
    summary.stage === undefined ? [] : [{ label: 'Slowest stage', value: summary.stage, change: '' }];
  return [
    { label: 'Requests', value: requests, change: '' },
    { label: 'Rate', value: rate, change: since('rate') },
    ...slowest,
    { label: 'p50', value: p50, change: since('p50') },
    { label: 'p95', value: p95, change: since('p95') },
    { label: 'p99', value: p99, change: '' },
    { label: 'Errors', value: errors, change: since('errors') },
    { label: 'Failed iterations', value: failures, change: '' },
    ...missedOf('Dropped starts', summary.dropped, summary.planned),
    ...missedOf('Users that never began', summary.neverBegan, summary.users),
  ];
}

/** What was intended and did not happen; nothing where all of it did. */
function missedOf(label: string, count = 0, all = 0): MailFacts['numbers'] {
  return count > 0 ? [{ label, value: `${formatCount(count)} of ${formatCount(all)}`, change: '' }] : [];
}

/** '+12 % since the last good run (suspected)': only what the comparison says stands out. */
function changeSince({ metric, change, grade }: GradedChange): string {
  return `${formatChange(change, 0)}${metric === 'errors' ? ' points' : ''} since the last good run (${grade})`;
}

function firstFailure(results: Results, judgement: Judgement): string {
  const moments = judgement.thresholds.flatMap(({ steps }) =>
    steps
      .filter(({ ok }) => !ok)
      .map(({ step, window }) => ({
        at: window?.from ?? results.steps[step]?.begin ?? 0,
        load: results.steps[step]?.plan.name ?? '',
      })),
  );
  const first = moments.sort((a, b) => a.at - b.at)[0];
  if (!first) return '';
  const minute = Math.floor(first.at / 60_000) + 1;
  return `It first failed in minute ${minute} of the load, ${spellDuration(first.at)} in${first.load ? `, at ${first.load}` : ''}.`;
}

function topError(failures: readonly FailureGroup[]): MailFacts['topError'] {
  const top = failures.toSorted((a, b) => recordedCount(b) - recordedCount(a))[0];
  if (!top) return null;
  return {
    title: `${formatCount(recordedCount(top))} × ${top.label || top.test}: ${top.message}`,
    where: [top.source, top.sourceText?.trim()].filter(Boolean).join('  '),
    sample: top.samples[0]?.detail.split('\n').slice(0, 12).join('\n') ?? '',
  };
}

function limitOf({ nodes, requests }: Results): string {
  const limits = nodes.flatMap(({ limits }) => limits);
  if (limits.length > 0)
    return `The generator was the limit, not the target: ${limits.map(({ sentence }) => sentence).join(' ')}`;
  if (nodes.length === 0 || !requests) return '';
  const peak = Math.max(...nodes.map(({ peakCpu }) => peakCpu));
  return `The generator kept up (its busiest thread used ${formatPercent(peak)} of a processor), so the numbers are the target's.`;
}

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

function whatRan(run: Run): MailFacts['ran'] {
  const commit = run.commit && `${run.commit.slice(0, 8)} ${run.commitSubject ?? ''}`.trim();
  const length = run.startedAt && run.endedAt ? Date.parse(run.endedAt) - Date.parse(run.startedAt) : null;
  const rows: [string, string | null][] = [
    ['Repository', run.repo],
    ['Branch or tag', namedRef(run)],
    ['Commit', commit],
    ['Target', run.target],
    ['Profile', run.profile],
    ['Submitted', `${moment.format(new Date(run.submittedAt))} UTC`],
    ['Took', length === null ? null : spellDuration(length)],
    ['Stopped early', run.stopped ? 'yes: judged by what was recorded until then' : null],
  ];
  return rows.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}
