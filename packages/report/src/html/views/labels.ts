import type { LabelResult, Results, Statistics } from '@marteau/shared';
import { worstStep } from '../../results/summarise.ts';
import { readable } from '../text.ts';
import { columnsFor } from './steps-table.ts';
import { type Row, type Table, word } from './table.ts';

/** More rows than this are no table: then only the slowest step is shown, and the busiest labels. */
const mostRows = 1200;

export interface LabelsView {
  /** The steps among which a reader chooses; the first shown is `shown`. */
  readonly steps: readonly { index: number; name: string }[];
  readonly shown: number;
  readonly tables: readonly Table[];
  readonly left: string;
}

const captions = { test: 'Tests', step: 'Steps of tests', request: 'Requests' } as const;

/** One table a kind, one row a label and step; the page shows one step at a time. */
export function labelsView(results: Results): LabelsView | null {
  const worst = worstStep(results.steps);
  if (worst === null || results.labels.length === 0) return null;
  const fits = results.labels.length * results.steps.length <= mostRows;
  const steps = fits ? results.steps : [worst];
  const labels = busiest(results.labels, Math.floor(mostRows / steps.length));
  const left = results.labels.length - labels.length;
  return {
    steps: steps.map(({ plan }) => ({ index: plan.index, name: plan.name })),
    shown: worst.plan.index,
    tables: (['test', 'step', 'request'] as const).flatMap((kind) => {
      const own = labels.filter((label) => label.kind === kind);
      return own.length === 0
        ? []
        : [
            tableOf(
              kind,
              own,
              steps.map(({ plan }) => plan.index),
            ),
          ];
    }),
    left: [
      fits ? '' : `Only the slowest step, ${worst.plan.name}, is shown here; results.json has every step.`,
      left > 0 ? `${left} more labels are in results.json; shown are those that took the most time.` : '',
    ]
      .filter(Boolean)
      .join(' '),
  };
}

/** Those in which the most time was spent, in the order in which they first occurred. */
export function busiest(labels: readonly LabelResult[], most: number): LabelResult[] {
  if (labels.length <= most) return [...labels];
  const spent = (label: LabelResult) =>
    label.steps.reduce((sum, step) => sum + step.count * (step.time.avg ?? 0), 0);
  const kept = new Set(labels.toSorted((a, b) => spent(b) - spent(a)).slice(0, most));
  return labels.filter((label) => kept.has(label));
}

function tableOf(kind: LabelResult['kind'], labels: readonly LabelResult[], steps: readonly number[]): Table {
  const columns = columnsFor(labels.flatMap((label) => label.steps));
  const row = (label: LabelResult, statistics: Statistics): Row => ({
    group: String(statistics.step),
    cells: [word(readable(label.name, 120), 'name'), ...columns.map(({ cell }) => cell(statistics))],
  });
  return {
    id: `labels-${kind}`,
    caption: captions[kind],
    columns: [
      { label: kind === 'request' ? 'request' : kind, title: 'its label', isNumber: false },
      ...columns,
    ],
    rows: steps.flatMap((step) =>
      labels.flatMap((label) => {
        const statistics = label.steps.find((one) => one.step === step);
        return statistics ? [row(label, statistics)] : [];
      }),
    ),
    isSortable: true,
  };
}

/** One label over all steps, for its detail. */
export function labelTable(label: LabelResult, results: Results): Table {
  const columns = columnsFor(label.steps);
  return {
    id: '',
    caption: `${readable(label.name, 120)} by step`,
    columns: [{ label: 'step', title: 'the load', isNumber: false }, ...columns],
    rows: label.steps.map((statistics) => {
      const step = results.steps.find(({ plan }) => plan.index === statistics.step);
      return {
        group: '',
        cells: [
          word(step?.plan.name ?? String(statistics.step), 'strong'),
          ...columns.map(({ cell }) => cell(statistics)),
        ],
      };
    }),
    isSortable: false,
  };
}
