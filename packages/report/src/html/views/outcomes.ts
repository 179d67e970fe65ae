import { formatCount, formatLatency, formatPercent } from '@marteau/shared';
import type { LabelResult, Results, StageResult } from '../../schema/results.ts';
import { readable } from '../text.ts';
import { figure, type Table, word } from './table.ts';

/** How requests ended: status codes and kinds of errors, stage by stage. */
export function outcomesTable({ steps }: Results): Table | null {
  const totals = new Map<string, number>();
  for (const { requests } of steps)
    for (const [name, count] of Object.entries(requests.outcomes))
      totals.set(name, (totals.get(name) ?? 0) + count);
  if (totals.size === 0) return null;
  const all = [...totals.values()].reduce((sum, count) => sum + count, 0);
  const names = [...totals.keys()].toSorted((a, b) => totals.get(b)! - totals.get(a)!).slice(0, 40);
  return {
    id: 'outcomes',
    caption: 'Answers by status, and requests without an answer',
    columns: [
      { label: 'outcome', title: 'HTTP status, or why there was none', isNumber: false },
      ...columnsOf(steps),
      { label: 'all', title: 'in all recorded stages', isNumber: true },
      { label: 'share', title: 'of all requests', isNumber: true },
    ],
    bodies: [
      {
        title: '',
        rows: names.map((name) => ({
          group: '',
          cells: [
            word(readable(name, 80), /^[23]\d\d$/.test(name) ? 'strong' : 'strong bad'),
            ...columnsOf(steps).map((_, i) => {
              const count = steps[i]!.requests.outcomes[name] ?? 0;
              return figure(count === 0 ? '–' : formatCount(count), count, count === 0 ? 'quiet' : '');
            }),
            figure(formatCount(totals.get(name)!), totals.get(name)!),
            figure(formatPercent(totals.get(name)! / all), totals.get(name)! / all, 'quiet'),
          ],
        })),
      },
    ],
    isSortable: false,
  };
}

/** One column a stage, where these are few. */
function columnsOf(steps: readonly StageResult[]) {
  if (steps.length < 2 || steps.length > 10) return [];
  return steps.map(({ plan }) => ({ label: plan.name, title: `at ${plan.name}`, isNumber: true }));
}

const phaseNames = {
  dns: 'name looked up',
  connect: 'connection opened',
  tls: 'TLS agreed',
  sending: 'request sent',
  waiting: 'waited for the first byte',
  receiving: 'answer received',
} as const;

/** Where the time of a request goes. */
export function phasesTable({ steps }: Results): Table | null {
  const rows = steps.flatMap(({ plan, requests }) =>
    Object.entries(requests.phases).map(([name, phase]) => ({ plan, name, phase })),
  );
  if (rows.length === 0) return null;
  return {
    id: 'phases',
    caption: 'Where the time of requests went',
    columns: [
      { label: 'stage', title: 'the load', isNumber: false },
      { label: 'phase', title: 'part of a request', isNumber: false },
      {
        label: 'requests',
        title: 'that had this phase: a kept connection is neither looked up nor opened',
        isNumber: true,
      },
      { label: 'avg', title: 'over those that had it', isNumber: true },
      { label: 'max', title: 'longest', isNumber: true },
    ],
    bodies: [
      {
        title: '',
        rows: rows.slice(0, 300).map(({ plan, name, phase }) => ({
          group: '',
          cells: [
            word(plan.name, 'strong'),
            word(phaseName(name)),
            figure(formatCount(phase.count), phase.count, 'quiet'),
            figure(formatLatency(phase.avg), phase.avg, 'strong'),
            figure(formatLatency(phase.max), phase.max),
          ],
        })),
      },
    ],
    isSortable: false,
  };
}

/** How a label's requests ended and where their time went, in all stages together: '200 × 3 102, 503 × 12'. */
export function outcomesInWords({ kind, steps }: LabelResult): string {
  if (kind !== 'request') return '';
  const counts = new Map<string, number>();
  const times = new Map<string, { count: number; sum: number }>();
  for (const { outcomes, phases } of steps) {
    for (const [name, count] of Object.entries(outcomes)) counts.set(name, (counts.get(name) ?? 0) + count);
    for (const [name, { count, avg }] of Object.entries(phases)) {
      const known = times.get(name) ?? { count: 0, sum: 0 };
      times.set(name, { count: known.count + count, sum: known.sum + count * avg });
    }
  }
  const ended = [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 8)
    .map(([name, count]) => `${readable(name, 40)} × ${formatCount(count)}`);
  const spent = [...times]
    .filter(([, { count }]) => count > 0)
    .map(([name, { count, sum }]) => `${phaseName(name)} ${formatLatency(sum / count)}`);
  return [ended.join(', '), spent.length > 0 ? `on average: ${spent.join(', ')}` : '']
    .filter(Boolean)
    .join('; ');
}

function phaseName(name: string): string {
  return phaseNames[name as keyof typeof phaseNames] ?? readable(name, 40);
}
