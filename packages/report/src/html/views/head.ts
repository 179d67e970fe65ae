import {
  formatCount,
  formatLatency,
  formatPercent,
  formatRate,
  type Results,
  type Spread,
  spellDuration,
} from '@marteau/shared';
import { dataFileNames } from '../../export/data-files.ts';
import { summarise, worstStep } from '../../results/summarise.ts';
import { commitLink, safeLink } from '../text.ts';
import { momentInWords } from '../words.ts';

/** The first screen, without its chart: verdict, numbers, facts. */
export interface Head {
  readonly title: string;
  readonly verdict: string;
  readonly sentence: string;
  readonly when: string;
  readonly numbers: readonly NumberGroup[];
  readonly facts: readonly Fact[];
  readonly downloads: readonly { name: string; link: string }[];
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
    when: momentInWords(run.startedAt ?? run.submittedAt),
    numbers: numbersOf(results),
    facts: factsOf(results),
    downloads: downloadsOf(results),
  };
}

function numbersOf(results: Results): NumberGroup[] {
  const summary = summarise(results);
  const worst = worstStep(results.steps);
  if (summary === null || worst === null) return [];
  const { time, apdex } = worst.requests;
  const number = (label: string, value: string, detail = '', style = '') => ({ label, value, detail, style });
  const several = results.steps.length > 1 ? `, the slowest of ${results.steps.length} steps` : '';
  const model =
    results.model === 'closed' ? 'closed model' : `${results.model} model, from the intended start`;
  const requests = `${formatCount(time.count)} ${time.count === 1 ? 'request' : 'requests'}`;
  const thin = time.p50 === null ? '; too few for percentiles' : '';
  const failed = (metric: string) => {
    const bounds = results.judgement?.thresholds.filter(({ threshold }) => threshold.metric === metric) ?? [];
    return bounds.some(({ outcome }) => outcome === 'fail') ? 'bad' : '';
  };
  return [
    {
      caption: `Response time at ${worst.plan.name}${several}; ${requests}, ${model}${thin}`,
      numbers: [
        ...timesOf(worst.requests.time),
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
        number(
          'errors',
          formatPercent(summary.requests > 0 ? summary.errorRate : null),
          '',
          failed('errors'),
        ),
        number('iterations', formatCount(summary.iterations)),
        number(
          'failures',
          formatPercent(summary.iterations > 0 ? summary.failureRate : null),
          '',
          failed('failures'),
        ),
      ],
    },
  ];
}

/** Percentiles as far as there are enough values; of a handful of requests the fastest, the average and the slowest. */
function timesOf(time: Spread): NumberGroup['numbers'] {
  const one = (label: string, value: number | null, needed = '', style = '') => ({
    label,
    value: formatLatency(value),
    detail: value === null && needed !== '' ? `needs ${needed}` : '',
    style,
  });
  if (time.p50 === null)
    return [one('fastest', time.min), one('average', time.avg), one('slowest', time.max)];
  return [
    one('p50', time.p50),
    one('p95', time.p95, '200', 'strong'),
    one('p99', time.p99, '1 000'),
    ...(time.p99 === null ? [] : [one('p99.9', time.p999, '10 000')]),
    one('max', time.max),
  ];
}

function factsOf(results: Results): Fact[] {
  const { run } = results;
  const fact = (term: string, text: string | null, link: string | null = null, more = ''): Fact[] =>
    text === null || text === '' ? [] : [{ term, text, link, more }];
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
    ...fact('load', loadInWords(results)),
    ...fact('starts', startsInWords(results)),
    ...fact('took', tookInWords(results)),
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

/** Open model: how many iterations were to begin, and how many did. */
function startsInWords({ load, steps, model }: Results): string | null {
  const { series } = load;
  if (series === null || model === 'closed' || model === null) return null;
  const inside = series.users.flatMap((_, i) => {
    const middle = series.from + (i + 0.5) * series.width;
    return steps.some(({ begin, end }) => begin <= middle && middle < end) ? [i] : [];
  });
  if (inside.length === 0) return null;
  const sum = (column: readonly number[]) => inside.reduce((total, i) => total + (column[i] ?? 0), 0);
  const perSecond = (column: readonly number[]) =>
    formatRate((sum(column) * 1000) / (inside.length * series.width));
  const [late, dropped] = [sum(series.late), sum(series.dropped)];
  return `offered ${perSecond(series.offered)}, achieved ${perSecond(series.started)}; ${formatCount(late)} late, ${formatCount(dropped)} dropped`;
}

/** From the first user to the last, and what of it was recorded. */
function tookInWords({ load }: Results): string | null {
  if (load.startedAt === null || load.endedAt === null) return null;
  const ms = Date.parse(load.endedAt) - Date.parse(load.startedAt);
  return `${spellDuration(ms)}, of which ${spellDuration(load.recordedSeconds * 1000)} recorded`;
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

/** What lies beside the report, where the server knows its own address. */
function downloadsOf({ run, judgement }: Results): Head['downloads'] {
  const base = safeLink(run.url)?.replace(/\/$/, '');
  if (base === undefined || judgement === null) return [];
  const files = [...dataFileNames, 'histograms.hlog'];
  return [
    { name: 'results.json', link: `${base}/results.json` },
    ...files.map((name) => ({ name, link: `${base}/files/${name}` })),
  ];
}
