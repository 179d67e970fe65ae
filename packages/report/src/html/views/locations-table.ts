import { formatCount, formatLatency, formatPercent, formatRate } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';
import type { Statistics } from '../../schema/statistics.ts';
import { figure, type Table, word } from './table.ts';

/** What each location saw, stage by stage; null where the file names none. */
export function locationsTable({ locations = [], steps }: Results): Table | null {
  if (locations.length === 0) return null;
  const columns: { label: string; title: string; cell: (did: Statistics) => ReturnType<typeof figure> }[] = [
    { label: 'requests', title: 'that finished', cell: ({ count }) => figure(formatCount(count), count) },
    { label: 'rate', title: 'a second', cell: ({ rate }) => figure(formatRate(rate), rate) },
    ...([50, 95, 99] as const).map((p) => ({
      label: `p${p}`,
      title: `${p} per cent were faster`,
      cell: ({ time }: Statistics) => figure(formatLatency(time[`p${p}`]), time[`p${p}`]),
    })),
    {
      label: 'errors',
      title: 'of them',
      cell: ({ errors, count }) => {
        const share = count > 0 ? errors / count : 0;
        return figure(formatPercent(share), share, errors > 0 ? 'bad' : 'quiet');
      },
    },
  ];
  const nameOf = (index: number) => steps.find(({ plan }) => plan.index === index)?.plan.name ?? '';
  return {
    id: 'locations',
    caption: 'Locations',
    columns: [
      { label: 'location', title: 'its name in the file', isNumber: false },
      { label: 'nodes', title: 'that generated its part', isNumber: true },
      ...columns.map(({ label, title }) => ({ label, title, isNumber: true })),
    ],
    bodies: steps.map(({ plan }) => ({
      title: steps.length > 1 ? nameOf(plan.index) : '',
      rows: locations.flatMap(({ name, nodes, steps: own }) => {
        const did = own.find(({ step }) => step === plan.index);
        if (did === undefined) return [];
        const subject = did.requests.count > 0 ? did.requests : did.tests;
        const cells = columns.map(({ cell }) => cell(subject));
        return [
          { group: '', cells: [word(name, 'strong'), figure(String(nodes.length), nodes.length), ...cells] },
        ];
      }),
    })),
    isSortable: false,
  };
}
