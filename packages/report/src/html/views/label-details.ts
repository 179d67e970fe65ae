import type { Results } from '../../schema/results.ts';
import { type Candlesticks, candlesticksOf } from './candlesticks.ts';
import { busiest, labelTable } from './labels.ts';
import { outcomesInWords } from './outcomes.ts';
import type { Table } from './table.ts';

/** Everything about one label: every statistic at every load, how its requests ended, where their time went. */
export interface LabelDetail {
  readonly name: string;
  readonly kind: string;
  readonly table: Table;
  readonly outcomes: string;
  readonly sticks: Candlesticks | null;
}

/** Labels that have a detail of their own, and the rows of all these together. */
const MOST_DETAILS = 60;
const MOST_DETAIL_ROWS = 400;

export function labelDetails(results: Results): LabelDetail[] {
  if (results.steps.length === 0) return [];
  const names = new Map(results.steps.map(({ plan }) => [plan.index, plan.name]));
  const most = Math.min(MOST_DETAILS, Math.ceil(MOST_DETAIL_ROWS / results.steps.length));
  return busiest(results.labels, most).map((label) => ({
    name: label.name,
    kind: label.kind,
    table: labelTable(label, results),
    outcomes: outcomesInWords(label),
    sticks: label.steps.length > 1 ? candlesticksOf(label.steps, names) : null,
  }));
}
