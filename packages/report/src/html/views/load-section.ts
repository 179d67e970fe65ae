import { tellsIterations } from '../../results/told.ts';
import type { Results } from '../../schema/results.ts';
import { type Candlesticks, candlesticksOf } from './candlesticks.ts';
import { apdexCurve, iterationsCurve, type LoadCurve, rateCurve } from './load-curves.ts';
import { stagesTable } from './stages-table.ts';
import type { Table } from './table.ts';

/** What the target did at each load: the tables, and where there are several loads the curves over them. */
export interface LoadSection {
  readonly requests: Table | null;
  readonly tests: Table | null;
  readonly curve: LoadCurve | null;
  readonly iterations: LoadCurve | null;
  readonly apdex: LoadCurve | null;
  readonly sticks: Candlesticks | null;
}

export const noLoad: LoadSection = {
  requests: null,
  tests: null,
  curve: null,
  iterations: null,
  apdex: null,
  sticks: null,
};

export function loadSection(results: Results): LoadSection {
  const { steps } = results;
  if (steps.length === 0) return noLoad;
  const hasIterations = tellsIterations(results);
  const tables = {
    requests: stagesTable(results, 'requests'),
    tests: hasIterations ? stagesTable(results, 'tests') : null,
  };
  if (steps.length === 1) return { ...noLoad, ...tables };
  const names = new Map(steps.map(({ plan }) => [plan.index, plan.name]));
  return {
    ...tables,
    curve: rateCurve(results),
    iterations: hasIterations ? iterationsCurve(results) : null,
    apdex: apdexCurve(results),
    sticks: candlesticksOf(
      steps.map(({ requests }) => requests),
      names,
    ),
  };
}
