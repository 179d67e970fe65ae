import { addStarts } from '@marteau/measure';
import {
  formatCount,
  formatLatency,
  formatPercent,
  formatRate,
  namedRef,
  spellDuration,
} from '@marteau/shared';
import { secondsOf } from '../../results/stages.ts';
import type { Results } from '../../schema/results.ts';
import { commitLink, safeLink } from '../text.ts';

/** One line of what ran. */
export interface Fact {
  readonly term: string;
  readonly text: string;
  readonly link: string | null;
  readonly more: string;
}

/** What ran: where it came from, against what, how it went. */
export function factsOf(results: Results): Fact[] {
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
    ...changesOf(results),
    ...fact('author', run.commitAuthor),
    ...fact('project', run.project, safeLink(run.repo), namedRef(run) ?? ''),
    ...fact('target', run.target, safeLink(run.target)),
    ...fact('test', run.test),
    ...fact('profile', run.profile),
    ...fact('load', loadInWords(results)),
    ...fact('starts', startsInWords(results)),
    ...fact('users', usersInWords(results)),
    ...fact('best stage', bestInWords(results)),
    ...fact('took', tookInWords(results)),
    ...fact('HTTP', connectionsInWords(results)),
    ...sourceFacts(results),
    ...fact('generator', generatorInWords(results)),
    ...fact('asked for by', run.submitter, null, run.trigger),
    ...fact('run', run.id, safeLink(run.url), run.attempt > 1 ? `attempt ${run.attempt}` : ''),
  ];
}

/** The commits since the last good run, with a link where the host shows such a range. */
function changesOf({ run, comparison }: Results): Fact[] {
  const before = comparison?.baselines[0]?.commit ?? null;
  if (before === null || run.commit === null || before === run.commit) return [];
  const link = comparison?.changed.find(({ what }) => what === 'commit')?.link ?? null;
  const text = `${before.slice(0, 8)}…${run.commit.slice(0, 8)}`;
  return [{ term: 'changes', text, link: safeLink(link), more: 'since the last good run' }];
}

/** What requests went on: 'HTTP/2: 12 connections, 48,000 streams'. */
function connectionsInWords({ connections }: Results): string | null {
  if (connections === undefined) return null;
  const { http1, http2, streams } = connections;
  const many = (count: number, what: string) => `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
  const parts = [
    http2 > 0 ? `HTTP/2: ${many(http2, 'connection')}, ${many(streams, 'stream')}` : '',
    http1 > 0 ? `HTTP/1.1: ${many(http1, 'connection')}` : '',
  ];
  return parts.filter(Boolean).join('; ');
}

/** Where most was done for satisfied users. */
function bestInWords({ capacity, steps }: Results): string | null {
  const best = steps.find(({ plan }) => plan.index === capacity?.best);
  if (best === undefined || steps.length < 2) return null;
  const { rate, apdex } = best.requests;
  const satisfied = apdex === null ? '' : `, Apdex ${apdex.score.toFixed(2)} (${apdex.rating})`;
  return `${best.plan.name}: ${formatRate(rate)}${satisfied}`;
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
    each.size === 1 && !each.has(0)
      ? `, ${spellDuration(steps[0]!.durationMs)}${steps.length > 1 ? ' each' : ''}`
      : '';
  return what + length;
}

/** Open model: how many iterations were to begin, and how many did. */
function startsInWords({ load, steps, model, source }: Results): string | null {
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
  const late = source ? '' : `${formatCount(sum(series.late))} late, `;
  // Stages of users are planned in no rate; engines that do not tell by stage leave the curves.
  const open = steps.filter(({ starts }) => starts !== undefined && starts.planned > 0);
  if (open.length > 0) {
    const { planned, dropped } = addStarts(open.map(({ starts }) => starts!));
    const seconds = open.reduce((total, stage) => total + secondsOf(stage), 0);
    const rates = `offered ${formatRate(planned / seconds)}, achieved ${formatRate((planned - dropped) / seconds)}`;
    return `${rates}; ${late}${formatCount(dropped)} of ${formatCount(planned)} dropped`;
  }
  return `offered ${perSecond(series.offered)}, achieved ${perSecond(series.started)}; ${late}${formatCount(sum(series.dropped))} dropped`;
}

/** Who never began, where that is so. */
function usersInWords({ steps }: Results): string | null {
  const { users, neverBegan } = addStarts(steps.flatMap(({ starts }) => starts ?? []));
  return neverBegan === 0 ? null : `${formatCount(neverBegan)} of ${formatCount(users)} never began`;
}

/** From the first user to the last, and what of it was recorded. */
function tookInWords({ load }: Results): string | null {
  if (load.startedAt === null || load.endedAt === null) return null;
  const ms = Date.parse(load.endedAt) - Date.parse(load.startedAt);
  return `${spellDuration(ms)}, of which ${spellDuration(load.recordedSeconds * 1000)} recorded`;
}

/** Whether what generated the load kept up. */
function generatorInWords({ nodes, source }: Results): string | null {
  if (nodes.length === 0) return null;
  const cpu = Math.max(...nodes.map(({ peakCpu }) => peakCpu));
  const delay = Math.max(...nodes.map(({ peakLoopDelay }) => peakLoopDelay));
  const late = nodes.reduce((sum, node) => sum + node.late, 0);
  const who = nodes.length === 1 ? '1 node' : `${nodes.length} nodes`;
  const starts = late === 0 ? 'no late start' : `${formatCount(late)} late starts`;
  const hasLimits = nodes.some(({ limits }) => limits.length > 0);
  const kept = hasLimits ? 'did not keep up' : 'kept up';
  // Of tools of others nothing more is known.
  if (source) return `${who} ${kept}: processor at most ${formatPercent(cpu)}`;
  return `${who} ${kept}: processor at most ${formatPercent(cpu)}, event loop ${formatLatency(delay)}, ${starts}`;
}

/** Whose figures these are, how exactly they are told, and what a time of them is. */
function sourceFacts({ source }: Results): Fact[] {
  if (source === undefined) return [];
  const { title, precision, resolutionUs, error, known, time, exits } = source;
  const steps = resolutionUs >= 100 ? `, in steps of ${formatLatency(resolutionUs)}` : '';
  const told = {
    raw: `raw samples${steps}`,
    histogram: `a histogram${error === null ? '' : ` ± ${formatPercent(error)}`}${steps}`,
    summary: `its own summary only${steps}`,
  }[precision];
  const dashes = known === null ? '' : 'what it does not tell is a dash';
  return [
    { term: 'measured by', text: `${title}, ${told}`, link: null, more: dashes },
    { term: 'a time is', text: time, link: null, more: '' },
    ...exits.map((exit) => ({ term: 'it ended', text: exit, link: null, more: '' })),
  ];
}
