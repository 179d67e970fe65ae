import { formatChange, formatLatency, formatPercent, formatRate } from '@marteau/shared';
import { clearsMargin } from '../../comparison/main-figure.ts';
import type { Comparison, Endpoint } from '../../schema/comparison.ts';
import type { Results } from '../../schema/results.ts';
import { momentInWords } from '../sentences.ts';
import { readable, safeLink } from '../text.ts';

/** What changed since earlier runs: the figures that stand out or clear 5 %, all others folded, and what else is different. */
export interface ComparisonView {
  readonly sentence: string;
  readonly direction: Comparison['direction'];
  readonly than: readonly { text: string; link: string | null }[];
  readonly changed: readonly EndpointRow[];
  readonly same: readonly EndpointRow[];
  readonly left: number;
  readonly differences: readonly { what: string; before: string; after: string; link: string | null }[];
  readonly evidence: string;
  /** Both ends of the axis of intervals, in words, and half the width of 5 % on it, in per cent of the drawing. */
  readonly axis: { readonly text: string; readonly band: number };
}

interface EndpointRow {
  readonly subject: string;
  readonly metric: string;
  readonly load: string;
  readonly before: string;
  readonly spread: string;
  readonly after: string;
  readonly change: string;
  readonly direction: Comparison['direction'];
  readonly sure: string;
  /** The interval of the change, in per cent of the drawing. */
  readonly bar: { at: number; from: number; width: number } | null;
}

const MOST_ROWS = 150;
const metrics = { p50: 'p50', p95: 'p95', rate: 'rate', errors: 'errors' } as const;

export function comparisonView({ comparison }: Pick<Results, 'comparison'>): ComparisonView | null {
  if (comparison === null) return null;
  const { baselines, endpoints, changed, sentence, direction } = comparison;
  const reach = reachOf(endpoints);
  // That nothing failed before and nothing fails now is no row.
  const told = endpoints.filter(
    ({ metric, before, after }) => metric !== 'errors' || before > 0 || after > 0,
  );
  const rows = told.map((endpoint) => ({ endpoint, row: rowOf(endpoint, reach) }));
  const stands = ({ endpoint }: (typeof rows)[number]) => endpoint.grade !== null || clearsMargin(endpoint);
  const same = rows.filter((one) => !stands(one));
  return {
    sentence,
    direction,
    than: baselines.map(({ id, commit, commitSubject, at, url }) => ({
      text: `${momentInWords(at)}, ${commit === null ? id : `${commit.slice(0, 8)} ${readable(commitSubject ?? '', 60)}`}`,
      link: safeLink(url),
    })),
    changed: rows.filter(stands).map(({ row }) => row),
    same: same.slice(0, MOST_ROWS).map(({ row }) => row),
    left: Math.max(0, same.length - MOST_ROWS),
    differences: changed.map((one) => ({ ...one, link: safeLink(one.link) })),
    evidence: evidenceInWords(comparison),
    axis: { text: `± ${formatPercent(reach)}`, band: Math.round(250 / reach) / 100 },
  };
}

/** Why there is no comparison on the first screen; '' where there is one, or where nothing was measured. */
export function nothingToCompare({ comparison, judgement }: Results): string {
  if (comparison !== null || judgement === null) return '';
  return judgement.verdict === 'invalid'
    ? 'Not compared with earlier runs, because these numbers are not the target’s.'
    : 'Nothing to compare with yet: no earlier run of this test that passed had the same load.';
}

function evidenceInWords({ baselines }: Comparison): string {
  return baselines.length >= 5
    ? `${baselines.length} good runs show how much runs vary among themselves. A change is called likely when it exceeds 5 % and what they let expect.`
    : `${baselines.length === 1 ? 'One good run shows' : `${baselines.length} good runs show`} how much times vary within a run, and little of how much runs vary among themselves. A change is called suspected when its interval clears 5 %; with five good runs it can be called likely.`;
}

/** Where the axis of all intervals ends, to either side: as far as they go, from 10 % to 150 %. */
function reachOf(endpoints: readonly Endpoint[]): number {
  const ends = endpoints.flatMap(({ low, high }) => [low ?? 0, high ?? 0]).map(Math.abs);
  return Math.max(0.1, Math.min(1.5, Math.ceil(Math.max(0, ...ends) * 10) / 10));
}

function rowOf(endpoint: Endpoint, reach: number): EndpointRow {
  const { label, of, metric, load, before, after, spread, direction, grade } = endpoint;
  const words = (value: number) =>
    metric === 'rate' ? formatRate(value) : metric === 'errors' ? formatPercent(value) : formatLatency(value);
  return {
    subject: of ? `${of.kind} ${label}` : (label ?? 'all requests'),
    metric: of ? (metric === 'errors' ? of.name : `${of.name}, ${metrics[metric]}`) : metrics[metric],
    load,
    before: words(before),
    spread: spread === null ? '' : `${words(spread.from)} … ${words(spread.to)}`,
    after: words(after),
    change: changeInWords(endpoint),
    direction,
    sure: grade === null ? (clearsMargin(endpoint) ? 'beyond 5 %, not sure' : '') : `${grade} ${direction}`,
    bar: barOf(endpoint, reach),
  };
}

/** Shares of errors differ by points, everything else by a part of what it was. */
function changeInWords({ change, metric }: Endpoint): string {
  return `${formatChange(change, 2)}${metric === 'errors' ? ' points' : ''}`;
}

function barOf({ change, low, high }: Endpoint, reach: number): EndpointRow['bar'] {
  if (low === null || high === null) return null;
  const place = (value: number) => Math.round((Math.max(-1, Math.min(1, value / reach)) + 1) * 5_000) / 100;
  return { at: place(change), from: place(low), width: Math.round((place(high) - place(low)) * 100) / 100 };
}
