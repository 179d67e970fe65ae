import { spellDuration } from '@marteau/shared';
import type { Results, StageResult } from '../../schema/results.ts';
import { columnsFor } from './statistics-columns.ts';
import { figure, type Table, word } from './table.ts';

/** Requests, or iterations, stage by stage. */
export function stagesTable(results: Results, what: 'requests' | 'tests'): Table {
  const { steps } = results;
  const isCutShort = steps.some(({ complete }) => !complete);
  const columns = columnsFor(
    what === 'requests' ? 'request' : 'test',
    steps.map((stage) => stage[what]),
  );
  return {
    id: `steps-${what}`,
    caption: what === 'requests' ? 'Requests by stage' : 'Iterations by stage',
    columns: [
      { label: 'stage', title: 'the load', isNumber: false },
      { label: 'length', title: 'of the recorded window', isNumber: true },
      ...columns,
    ],
    bodies: [
      {
        title: '',
        rows: steps.map((stage) => ({
          group: '',
          cells: [
            word(stage.plan.name, 'strong'),
            lengthOf(stage, isCutShort),
            ...columns.map(({ cell }) => cell(stage[what])),
          ],
        })),
      },
    ],
    isSortable: false,
  };
}

function lengthOf({ begin, end, complete }: StageResult, isCutShort: boolean) {
  const text = spellDuration(end - begin);
  return figure(
    isCutShort && !complete ? `${text}, cut short` : text,
    end - begin,
    complete ? 'quiet' : 'bad',
  );
}
