import type { LabelKind } from '@marteau/measure';
import { formatBytes, formatCount, formatPercent } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';
import { figure, type Table, word } from './table.ts';

const kinds: readonly (readonly [LabelKind, string])[] = [
  ['test', 'iterations of tests'],
  ['step', 'steps of tests'],
  ['request', 'requests'],
];

/** What the script contains and what the load made of it, in all recorded stages: FunkLoad's bench content. */
export function contentTable({ labels, steps }: Results): Table | null {
  const iterations = steps.reduce((sum, { tests }) => sum + tests.count, 0);
  const rows = kinds.flatMap(([kind, name]) => {
    const own = labels.filter((label) => label.kind === kind);
    const all = own.flatMap((label) => label.steps);
    const sum = (pick: (one: (typeof all)[number]) => number) =>
      all.reduce((total, one) => total + pick(one), 0);
    const count = sum((one) => one.count);
    if (own.length === 0) return [];
    const errors = sum((one) => one.errors);
    const redirects = sum(({ outcomes }) =>
      Object.entries(outcomes).reduce((total, [status, n]) => total + (/^3\d\d$/.test(status) ? n : 0), 0),
    );
    const isRequest = kind === 'request';
    const each = iterations > 0 ? count / iterations : null;
    return [
      {
        group: '',
        cells: [
          word(name, 'strong'),
          figure(formatCount(own.length), own.length),
          figure(formatCount(count), count, 'strong'),
          figure(formatCount(errors), errors, errors > 0 ? 'bad' : 'quiet'),
          figure(formatPercent(count > 0 ? errors / count : null), count > 0 ? errors / count : null),
          figure(kind === 'test' || each === null ? '–' : each.toFixed(1), each),
          figure(isRequest ? formatCount(redirects) : '–', redirects, 'quiet'),
          figure(isRequest ? formatBytes(sum((one) => one.bytesIn)) : '–', null, 'quiet'),
          figure(isRequest ? formatBytes(sum((one) => one.bytesOut)) : '–', null, 'quiet'),
        ],
      },
    ];
  });
  if (rows.length === 0) return null;
  const number = (label: string, title: string) => ({ label, title, isNumber: true });
  return {
    id: 'content',
    caption: 'What was run',
    columns: [
      { label: 'what', title: 'what is counted', isNumber: false },
      number('different', 'with a name of their own'),
      number('finished', 'inside the recorded windows'),
      number('errors', 'failed iterations and steps, requests without an answer or with an unexpected one'),
      number('share', 'of errors'),
      number('per iteration', 'on average'),
      number('redirects', 'answers 3xx, each a request of its own'),
      number('received', 'bytes of answers'),
      number('sent', 'bytes of requests'),
    ],
    bodies: [{ title: '', rows }],
    isSortable: false,
  };
}
