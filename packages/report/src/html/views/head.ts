import {
  formatCount,
  formatDuration,
  formatLatency,
  formatPercent,
  formatRate,
  type Results,
  spellDuration,
} from '@marteau/shared';
import { summarise, worstStep } from '../../results/summarise.ts';
import { commitLink, safeLink } from '../text.ts';

/** The first screen, without its chart: verdict, numbers, facts. */
export interface Head {
  readonly title: string;
  readonly verdict: string;
  readonly sentence: string;
  readonly when: string;
  readonly numbers: readonly NumberGroup[];
  readonly facts: readonly Fact[];
}

interface NumberGroup {
  readonly caption: string;
  readonly numbers: readonly { label: string; value: string; detail: string; style: string }[];
}

interface Fact {
  readonly term: string;
  readonly text: string;
  readonly link: string | null;
  readonly more: string;
}

export function headOf(results: Results): Head {
  const { run, judgement } = results;
  return {
    title: run.name ?? run.project,
    verdict: judgement?.verdict ?? (run.ending === 'cancelled' ? 'cancelled' : 'error'),
    sentence: judgement?.reason ?? run.reason ?? 'The run ended without a verdict.',
    when: moment(run.startedAt ?? run.submittedAt),
    numbers: numbersOf(results),
    facts: factsOf(results),
  };
}

/** '2026-11-21T09:29:58.004Z' → '21 Nov 2026, 09:29 UTC': the same on every machine. */
export function moment(instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const [hours, minutes] = [date.getUTCHours(), date.getUTCMinutes()].map((n) => String(n).padStart(2, '0'));
  return `${date.getUTCDate()} ${month[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${hours}:${minutes} UTC`;
}

function numbersOf(results: Results): NumberGroup[] {
  const summary = summarise(results);
  const worst = worstStep(results.steps);
  if (summary === null || worst === null) return [];
  const { time, apdex } = worst.requests;
  const number = (label: string, value: string, detail = '', style = '') => ({ label, value, detail, style });
  const thin = (value: number | null, needed: string) => (value === null ? `needs ${needed} requests` : '');
  const several = results.steps.length > 1 ? `, the slowest of ${results.steps.length} steps` : '';
  const model =
    results.model === 'closed' ? 'closed model' : `${results.model} model, from the intended start`;
  const failed = (share: number) => (share > 0 ? 'bad' : '');
  return [
    {
      caption: `Response time at ${worst.plan.name}${several}; ${formatCount(time.count)} requests, ${model}`,
      numbers: [
        number('p50', formatLatency(time.p50), thin(time.p50, '20')),
        number('p95', formatLatency(time.p95), thin(time.p95, '200'), 'strong'),
        number('p99', formatLatency(time.p99), thin(time.p99, '1 000')),
        number('p99.9', formatLatency(time.p999), thin(time.p999, '10 000')),
        number('max', formatLatency(time.max)),
        number(
          'Apdex',
          apdex === null ? '–' : apdex.score.toFixed(2),
          apdex?.rating ?? '',
          apdex?.rating ?? '',
        ),
      ],
    },
    {
      caption: `All that was recorded, ${spellDuration(results.load.recordedSeconds * 1000)}`,
      numbers: [
        number('requests', formatCount(summary.requests), formatRate(summary.rate)),
        number('errors', formatPercent(summary.errorRate), '', failed(summary.errorRate)),
        number('iterations', formatCount(summary.iterations)),
        number('failures', formatPercent(summary.failureRate), '', failed(summary.failureRate)),
      ],
    },
  ];
}

function factsOf(results: Results): Fact[] {
  const { run, load } = results;
  const fact = (term: string, text: string | null, link: string | null = null, more = ''): Fact[] =>
    text === null || text === '' ? [] : [{ term, text, link, more }];
  const seconds =
    load.startedAt && load.endedAt ? Date.parse(load.endedAt) - Date.parse(load.startedAt) : null;
  return [
    ...fact(
      'commit',
      run.commit?.slice(0, 8) ?? null,
      commitLink(run.repo, run.commit),
      run.commitSubject ?? '',
    ),
    ...fact('author', run.commitAuthor),
    ...fact('project', run.project, safeLink(run.repo), run.ref ?? ''),
    ...fact('target', run.target, safeLink(run.target)),
    ...fact('test', run.test),
    ...fact('profile', run.profile),
    ...fact('load', loadInWords(results), null, seconds === null ? '' : formatDuration(seconds)),
    ...fact('generator', generatorInWords(results)),
    ...fact('asked for by', run.submitter, null, run.trigger),
    ...fact('run', run.id, safeLink(run.url), run.attempt > 1 ? `attempt ${run.attempt}` : ''),
  ];
}

/** '10, 20, 30, 100 users, 30 s each'. */
function loadInWords({ plan }: Results): string | null {
  const steps = plan?.steps.filter(({ recorded, model }) => recorded && model !== 'pause') ?? [];
  if (steps.length === 0) return null;
  const each = new Set(steps.map(({ durationMs }) => durationMs));
  const names = steps.map(({ name }) => name.replace(/ users?$/, ''));
  const isUsers = steps.every(({ name }) => / users?$/.test(name));
  const shown = names.length > 8 ? [...names.slice(0, 4), '…', ...names.slice(-2)] : names;
  const what = isUsers ? `${shown.join(', ')} ${names.join() === '1' ? 'user' : 'users'}` : shown.join(', ');
  const length =
    each.size === 1 ? `, ${spellDuration(steps[0]!.durationMs)}${steps.length > 1 ? ' each' : ''}` : '';
  return what + length;
}

/** Whether what generated the load kept up. */
function generatorInWords({ nodes }: Results): string | null {
  if (nodes.length === 0) return null;
  const cpu = Math.max(...nodes.map(({ peakCpu }) => peakCpu));
  const delay = Math.max(...nodes.map(({ peakLoopDelay }) => peakLoopDelay));
  const late = nodes.reduce((sum, node) => sum + node.late, 0);
  const who = nodes.length === 1 ? '1 node' : `${nodes.length} nodes`;
  const starts = late === 0 ? 'no late start' : `${formatCount(late)} late starts`;
  const hasLimits = nodes.some(({ limits }) => limits.length > 0);
  const kept = hasLimits ? 'did not keep up' : 'kept up';
  return `${who} ${kept}: processor at most ${formatPercent(cpu)}, event loop ${formatLatency(delay)}, ${starts}`;
}
