import { formatPercent } from '@marteau/shared';
import { worstStage } from '../../results/summarise.ts';
import type { LabelResult, Results } from '../../schema/results.ts';
import type { Statistics } from '../../schema/statistics.ts';
import { logScale } from '../draw/scale.ts';
import { readable } from '../text.ts';
import { columnsFor, httpColumn, statisticsColumn } from './statistics-columns.ts';
import { type Cell, figure, type Row, type Table, word } from './table.ts';

/** More rows than this are no table: then only the slowest stage is shown, and the busiest labels. */
const MOST_ROWS = 1200;

export interface LabelsView {
  /** The stages among which a reader chooses; the first shown is `shown`. */
  readonly steps: readonly { index: number; name: string }[];
  readonly shown: number;
  readonly table: Table;
  readonly left: string;
}

const kinds = [
  ['test', 'Tests'],
  ['step', 'Steps of tests'],
  ['request', 'Requests'],
] as const;

const columns = ['rate', 'count', 'errors', 'avg', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max', 'Apdex'].map(
  statisticsColumn,
);

/** One row a label and stage, under the title of its kind; the page shows one stage at a time. */
export function labelsView(results: Results): LabelsView | null {
  const worst = worstStage(results.steps);
  if (worst === null || results.labels.length === 0) return null;
  const fits = results.labels.length * results.steps.length <= MOST_ROWS;
  const stages = fits ? results.steps : [worst];
  const labels = busiest(results.labels, Math.floor(MOST_ROWS / stages.length));
  const left = results.labels.length - labels.length;
  return {
    steps: stages.map(({ plan }) => ({ index: plan.index, name: plan.name })),
    shown: worst.plan.index,
    table: tableOf(
      labels,
      stages.map(({ plan }) => plan.index),
    ),
    left: [
      fits ? '' : `Only the slowest stage, ${worst.plan.name}, is shown here; results.json has every stage.`,
      left > 0 ? `${left} more labels are in results.json; shown are those that took the most time.` : '',
    ]
      .filter(Boolean)
      .join(' '),
  };
}

/** Those in which the most time was spent, in the order in which they first occurred. */
export function busiest(labels: readonly LabelResult[], most: number): LabelResult[] {
  if (labels.length <= most) return [...labels];
  const spent = (label: LabelResult) => label.steps.reduce((sum, stage) => sum + timeSpent(stage), 0);
  const kept = new Set(labels.toSorted((a, b) => spent(b) - spent(a)).slice(0, most));
  return labels.filter((label) => kept.has(label));
}

const timeSpent = ({ count, time }: Statistics) => count * (time.avg ?? 0);

function tableOf(labels: readonly LabelResult[], stages: readonly number[]): Table {
  const showsHttp = labels.some(({ steps }) => steps.some(({ http2 }) => http2));
  return {
    id: 'labels',
    caption: 'Labels',
    columns: [
      { label: 'label', title: 'what is counted together', isNumber: false },
      {
        label: 'spread',
        title: 'p10 to p90 as a box, median as a line, fastest to p95 as a whisker',
        isNumber: false,
      },
      ...columns,
      ...(showsHttp ? [httpColumn] : []),
      { label: 'time', title: 'share of all time spent in labels of this kind', isNumber: true },
    ],
    bodies: kinds.flatMap(([kind, title]) => {
      const own = labels.filter((label) => label.kind === kind);
      return own.length === 0
        ? []
        : [{ title, rows: stages.flatMap((stage) => rowsOf(own, stage, showsHttp)) }];
    }),
    isSortable: true,
  };
}

function rowsOf(labels: readonly LabelResult[], stage: number, showsHttp: boolean): Row[] {
  const here = labels.flatMap((label) => {
    const statistics = label.steps.find((one) => one.step === stage);
    return statistics ? [{ ...label, statistics }] : [];
  });
  const drawn = spreads(here.map(({ statistics }) => statistics));
  const all = here.reduce((sum, { statistics }) => sum + timeSpent(statistics), 0);
  return here.map(({ kind, name, statistics }, i) => {
    const share = all > 0 ? timeSpent(statistics) / all : null;
    return {
      group: String(stage),
      cells: [
        word(readable(name, 120), 'name'),
        drawn[i]!,
        ...columns.map(({ cell }) => cell(statistics)),
        ...(showsHttp ? [kind === 'request' ? httpColumn.cell(statistics) : word('–', 'quiet')] : []),
        figure(formatPercent(share), share, 'quiet'),
      ],
    };
  });
}

/** One label over all stages, with every statistic. */
export function labelTable(label: LabelResult, results: Results): Table {
  const all = columnsFor(label.kind, label.steps);
  const name = (index: number) => results.steps.find(({ plan }) => plan.index === index)?.plan.name;
  return {
    id: '',
    caption: `${readable(label.name, 120)} by stage`,
    columns: [{ label: 'stage', title: 'the load', isNumber: false }, ...all],
    bodies: [
      {
        title: '',
        rows: label.steps.map((statistics) => ({
          group: '',
          cells: [
            word(name(statistics.step) ?? `stage ${statistics.step + 1}`, 'strong'),
            ...all.map(({ cell }) => cell(statistics)),
          ],
        })),
      },
    ],
    isSortable: false,
  };
}

/** The spreads of some labels as small drawings on one log axis, so that rows can be compared by eye. */
function spreads(all: readonly Statistics[]): Cell[] {
  const times = all.flatMap(({ time }) => [time.min, time.p95 ?? time.max]).filter((value) => value !== null);
  const positive = times.map((value) => Math.max(1, value));
  if (positive.length === 0) return all.map(() => word('–', 'quiet'));
  const scale = logScale(Math.min(...positive), Math.max(...positive));
  const place = (value: number | null) => Math.round(scale.place(value ?? 0) * 10_000) / 100;
  return all.map(({ time }) => {
    if (time.count === 0) return word('–', 'quiet');
    const p10 = place(time.p10 ?? time.min);
    const spread = {
      min: place(time.min),
      p10,
      width: Math.round((place(time.p90 ?? time.max) - p10) * 100) / 100,
      p50: place(time.p50 ?? time.avg),
      p95: place(time.p95 ?? time.max),
    };
    return { ...figure('', time.p50 ?? time.avg), spread };
  });
}
