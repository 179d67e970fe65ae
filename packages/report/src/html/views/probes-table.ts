import { formatLatency, formatPercent, formatRate } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';
import { figure, type Table, word } from './table.ts';

const outcomes = {
  held: ['held', 'good'],
  broke: ['broke', 'bad'],
  saturated: ['generator too busy', 'bad'],
} as const;

/** Every rate that a search for capacity tried, in the order of trying. */
export function probesTable({ search, steps }: Results): Table | null {
  if (search === undefined) return null;
  return {
    id: 'probes',
    caption: 'Rates that the search tried',
    columns: [
      { label: 'rate', title: 'iterations per second that were to begin', isNumber: true },
      { label: 'outcome', title: 'whether all of `while` held', isNumber: false },
      { label: 'requests', title: 'finished per second', isNumber: true },
      { label: 'p95', title: '95 % of the requests were faster', isNumber: true },
      { label: 'errors', title: 'share of the requests', isNumber: true },
      { label: 'why', title: 'what broke', isNumber: false },
    ],
    bodies: [
      {
        title: '',
        rows: search.probes.map(({ rate, outcome, step, sentence }) => {
          const requests = steps.find(({ plan }) => plan.index === step)?.requests ?? null;
          const [told, style] = outcomes[outcome];
          const errors = requests && requests.count > 0 ? requests.errors / requests.count : null;
          return {
            group: '',
            cells: [
              word(formatRate(rate), 'n strong'),
              word(told, style),
              figure(requests ? formatRate(requests.rate) : '–', requests?.rate ?? null),
              figure(formatLatency(requests?.time.p95 ?? null), requests?.time.p95 ?? null),
              figure(formatPercent(errors), errors),
              word(sentence),
            ],
          };
        }),
      },
    ],
    isSortable: false,
  };
}
