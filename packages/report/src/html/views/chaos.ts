import {
  formatCount,
  formatLatency,
  formatMoment,
  formatPercent,
  formatRate,
  spellDuration,
} from '@marteau/shared';
import type { ChaosResult, FaultFigures, JudgedFault } from '../../schema/chaos.ts';
import type { Results } from '../../schema/results.ts';
import { figure, type Table, word } from './table.ts';
import { type TimeChart, timeChart } from './time-chart.ts';

/** The most faults that are told one by one; `every: 1s` makes very many. */
const MOST_FAULTS = 100;
/** The most kinds of errors that are named in one cell of a table. */
const MOST_KINDS = 4;

/** What was broken on purpose, and what the target made of it. */
export interface ChaosView {
  readonly about: string;
  readonly faults: readonly { outcome: string; sentence: string; what: string }[];
  readonly chart: TimeChart | null;
  readonly figures: Table;
  readonly targets: Table | null;
  readonly troubles: readonly string[];
}

export function chaosView(results: Results): ChaosView | null {
  const { chaos } = results;
  if (!chaos) return null;
  const faults = chaos.faults.slice(0, MOST_FAULTS);
  return {
    about: aboutOf(chaos),
    faults: faults.map((fault) => ({
      outcome: fault.outcome,
      sentence: `${fault.sentence}.`,
      what: whatOf(fault),
    })),
    chart: chartOf(results, chaos),
    figures: figuresTable(faults),
    targets: targetsTable(chaos),
    troubles: [...chaos.troubles, ...(chaos.notes ?? []).map((note) => `${note}.`)],
  };
}

function aboutOf({ proxies, seed }: ChaosResult): string {
  const each = proxies.map(({ name, upstream, protocol, control }) =>
    control === null ? `${name} before ${upstream} (${protocol})` : `${name} at ${control}`,
  );
  return `${each.join(', ')}; seed ${seed}`;
}

function whatOf({ detail, begin, end, hits, lasting }: JudgedFault): string {
  const time = lasting
    ? 'for the whole run'
    : `${formatMoment(Math.max(0, begin))} to ${formatMoment(Math.max(0, end))}`;
  return [time, detail, `${formatCount(hits)} ${hits === 1 ? 'hit' : 'hits'}`].filter(Boolean).join(' · ');
}

const columns = [
  { label: '', title: 'when', isNumber: false },
  { label: 'time', title: 'that was recorded', isNumber: true },
  { label: 'requests', title: 'per second', isNumber: true },
  { label: 'errors', title: 'of all requests', isNumber: true },
  { label: 'p95', title: 'response time', isNumber: true },
  {
    label: 'kinds of errors',
    title: 'HTTP statuses and error classes, the most frequent first',
    isNumber: false,
  },
  { label: 'recovered', title: 'time from the heal to five good seconds in a row', isNumber: true },
];

function figuresTable(faults: readonly JudgedFault[]): Table {
  const row = (name: string, figures: FaultFigures | null, recovered = '') => ({
    group: '',
    cells: [
      word(name, 'strong'),
      figure(figures === null ? '–' : spellDuration(figures.seconds * 1000), figures?.seconds ?? null),
      figure(formatRate(figures?.rate ?? null), figures?.rate ?? null),
      figure(
        formatPercent(figures !== null && figures.rate > 0 ? figures.errors : null),
        figures?.errors ?? null,
      ),
      figure(formatLatency(figures?.p95 ?? null), figures?.p95 ?? null),
      word(kindsOf(figures?.errorKinds ?? {})),
      figure(recovered, null),
    ],
  });
  return {
    id: 'faults',
    caption: 'Before, during and after each fault',
    columns,
    bodies: faults.map((fault) => ({
      title: `${fault.proxy}: ${fault.behavior}${fault.lasting ? '' : `, ${formatMoment(Math.max(0, fault.begin))}`}`,
      rows: fault.lasting
        ? [row('during', fault.during)]
        : [
            row('before', fault.before),
            row('during', fault.during),
            row(
              'after',
              fault.after,
              fault.recoveredAfter === null ? 'no' : spellDuration(fault.recoveredAfter),
            ),
          ],
    })),
    isSortable: false,
  };
}

/** '503 × 812, ECONNRESET × 40' */
function kindsOf(kinds: Readonly<Record<string, number>>): string {
  const ranked = Object.entries(kinds).sort(([, a], [, b]) => b - a);
  const told = ranked.slice(0, MOST_KINDS).map(([name, count]) => `${name} × ${formatCount(count)}`);
  const more = ranked.length - told.length;
  return [...told, ...(more > 0 ? [`${more} more`] : [])].join(', ') || '–';
}

/** What was hit, the most often first. */
function targetsTable({ targets }: ChaosResult): Table | null {
  if (targets.length === 0) return null;
  return {
    id: 'fault-targets',
    caption: 'What was hit',
    columns: [
      { label: 'proxy', title: 'the proxy', isNumber: false },
      { label: 'behaviour', title: 'what it did', isNumber: false },
      { label: 'command', title: 'of the protocol', isNumber: false },
      { label: 'path', title: 'path, or key', isNumber: false },
      { label: 'hits', title: 'how often', isNumber: true },
    ],
    bodies: [
      {
        title: '',
        rows: targets.slice(0, 50).map(({ proxy, behavior, command, path, count }) => ({
          group: '',
          cells: [
            word(proxy, 'strong'),
            word(behavior),
            word(command || '–'),
            word(path ?? '–'),
            figure(formatCount(count), count),
          ],
        })),
      },
    ],
    isSortable: false,
  };
}

/** Faults of the proxies over errors of the app, second by second on one axis of time. */
function chartOf(results: Results, { seconds }: ChaosResult): TimeChart | null {
  if (results.requests === null) return null;
  const { from, width, errors } = results.requests.throughput;
  const hits = new Array<number>(errors.length).fill(0);
  for (const { at, count } of seconds) {
    const i = Math.floor((at - from) / width);
    if (i >= 0 && i < hits.length) hits[i]! += count;
  }
  const panel = (id: string, title: string, name: string, label: string, counts: readonly number[]) => ({
    id,
    title,
    height: 64,
    highest: Math.max(2, ...counts.map((count) => (count * 1000) / width)),
    limit: null,
    curves: [
      {
        name,
        label,
        unit: 'count' as const,
        from,
        width,
        values: counts.map((count) => (count * 1000) / width),
      },
    ],
  });
  return timeChart(results, 'faults', 'Faults and errors over time', [
    panel('hits', 'faults made, per second', 'users', 'faults per second', hits),
    panel('errors', 'errors of requests, per second', 'p95', 'errors per second', errors),
  ]);
}
