import { spellDuration } from '@marteau/shared';
import type { Results, StepResult } from '../../schema/results.ts';
import { columnsFor } from './statistics-columns.ts';
import { figure, type Table, word } from './table.ts';

/** Requests, or iterations, step by step. */
export function stepsTable(results: Results, what: 'requests' | 'tests'): Table {
  const { steps } = results;
  const isCutShort = steps.some(({ complete }) => !complete);
  const columns = columnsFor(
    what === 'requests' ? 'request' : 'test',
    steps.map((step) => step[what]),
  );
  return {
    id: `steps-${what}`,
    caption: what === 'requests' ? 'Requests by step' : 'Iterations by step',
    columns: [
      { label: 'step', title: 'the load', isNumber: false },
      { label: 'length', title: 'of the recorded window', isNumber: true },
      ...columns,
    ],
    bodies: [
      {
        title: '',
        rows: steps.map((step) => ({
          group: '',
          cells: [
            word(step.plan.name, 'strong'),
            lengthOf(step, isCutShort),
            ...columns.map(({ cell }) => cell(step[what])),
          ],
        })),
      },
    ],
    isSortable: false,
  };
}

function lengthOf({ begin, end, complete }: StepResult, isCutShort: boolean) {
  const text = spellDuration(end - begin);
  return figure(
    isCutShort && !complete ? `${text}, cut short` : text,
    end - begin,
    complete ? 'quiet' : 'bad',
  );
}
