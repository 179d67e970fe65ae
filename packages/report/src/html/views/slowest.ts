import { formatCount, formatLatency } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';
import { readable } from '../text.ts';
import { figure, type Table, word } from './table.ts';

const MOST = 5;

/** The requests that took longest on average in the best stage: what to make faster first. */
export function slowestTable({ capacity, steps, labels }: Results): Table | null {
  const best = steps.find(({ plan }) => plan.index === (capacity?.best ?? steps[0]?.plan.index));
  if (best === undefined) return null;
  const requests = labels
    .filter(({ kind }) => kind === 'request')
    .flatMap(({ name, steps: all }) => {
      const here = all.find(({ step, count }) => step === best.plan.index && count > 0);
      return here ? [{ name, ...here }] : [];
    })
    .toSorted((a, b) => (b.time.avg ?? 0) - (a.time.avg ?? 0));
  if (requests.length < 2) return null;
  return {
    id: 'slowest',
    caption: `Slowest requests ${steps.length > 1 ? `in the best stage, ${best.plan.name}` : ''}`.trim(),
    columns: [
      { label: 'request', title: 'its label', isNumber: false },
      { label: 'avg', title: 'arithmetic mean, which sorts them', isNumber: true },
      { label: 'p95', title: '95 % were faster', isNumber: true },
      { label: 'max', title: 'slowest', isNumber: true },
      { label: 'count', title: 'finished in this stage', isNumber: true },
    ],
    bodies: [
      {
        title: '',
        rows: requests.slice(0, MOST).map(({ name, time, count }) => ({
          group: '',
          cells: [
            word(readable(name, 120), 'name'),
            figure(formatLatency(time.avg), time.avg, 'strong'),
            figure(formatLatency(time.p95), time.p95),
            figure(formatLatency(time.max), time.max),
            figure(formatCount(count), count, 'quiet'),
          ],
        })),
      },
    ],
    isSortable: false,
  };
}
