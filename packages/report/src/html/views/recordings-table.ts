import { formatCount } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';
import { readable } from '../text.ts';
import { figure, type Table, word } from './table.ts';

/** What the stand-ins for third parties did; null where there were none. */
export function recordingsView({ recordings = [] }: Results): { table: Table; sentences: string[] } | null {
  if (recordings.length === 0) return null;
  const numbers = (label: string, title: string) => ({ label, title, isNumber: true });
  const rows = recordings.map((one) => ({
    group: '',
    cells: [
      word(readable(one.name, 80), 'strong'),
      word(one.mode, 'quiet'),
      figure(formatCount(one.calls), one.calls, 'strong'),
      ...[one.replayed, one.recorded, one.passed].map((count) => figure(formatCount(count), count)),
      ...[one.unmatched, one.differing].map((count) =>
        figure(formatCount(count), count, count > 0 ? 'bad' : 'quiet'),
      ),
    ],
  }));
  return {
    table: {
      id: 'recordings',
      caption: 'Stand-ins for third parties',
      columns: [
        { label: 'name', title: 'as the file calls it', isNumber: false },
        { label: 'mode', title: 'what it did with a request', isNumber: false },
        numbers('calls', 'requests that came'),
        numbers('from the tape', 'answered as recorded'),
        numbers('recorded', 'written to the tape'),
        numbers('passed', 'passed to the real server'),
        numbers('not on the tape', 'requests without a recording'),
        numbers('changed', 'answered otherwise by the real server than by the tape'),
      ],
      bodies: [{ title: '', rows }],
      isSortable: rows.length > 1,
    },
    sentences: recordings.flatMap(({ name, sentences }) =>
      sentences.map((each) => readable(`${name}: ${each}`, 500)),
    ),
  };
}
