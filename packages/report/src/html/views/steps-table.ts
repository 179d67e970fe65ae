import { type Results, type Statistics, type StepResult, spellDuration } from '@marteau/shared';
import { statisticsColumns, unfinishedColumn } from './statistics-columns.ts';
import { figure, type Table, word } from './table.ts';

/** Requests, or iterations, step by step. */
export function stepsTable(results: Results, what: 'requests' | 'tests'): Table {
  const { steps } = results;
  const isCutShort = steps.some(({ complete }) => !complete);
  const columns = columnsFor(steps.map((step) => step[what]));
  return {
    id: `steps-${what}`,
    caption: what === 'requests' ? 'Requests by step' : 'Iterations by step',
    columns: [
      { label: 'step', title: 'the load', isNumber: false },
      { label: 'length', title: 'of the recorded window', isNumber: true },
      ...columns,
    ],
    rows: steps.map((step) => ({
      group: '',
      cells: [
        word(step.plan.name, 'strong'),
        lengthOf(step, isCutShort),
        ...columns.map(({ cell }) => cell(step[what])),
      ],
    })),
    isSortable: false,
  };
}

/** The statistics that a table shows: unfinished ones only where there are any. */
export function columnsFor(rows: readonly Statistics[]) {
  const hasUnfinished = rows.some(({ unfinished }) => unfinished > 0);
  return hasUnfinished ? [...statisticsColumns, unfinishedColumn] : statisticsColumns;
}

function lengthOf({ begin, end, complete }: StepResult, isCutShort: boolean) {
  const text = spellDuration(end - begin);
  return figure(
    isCutShort && !complete ? `${text}, cut short` : text,
    end - begin,
    complete ? 'quiet' : 'bad',
  );
}
