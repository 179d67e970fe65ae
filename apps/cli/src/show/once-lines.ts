import { formatLatency, type Measurements } from '@marteau/shared';
import type { Line } from './verdict-lines.ts';

/** What one user met who did each test once: tests, and under them all requests, with statuses and times. */
export function onceLines({ labels, failures }: Measurements): Line[] {
  const seen = labels.flatMap(({ kind, name, steps }) => steps.map((stats) => ({ kind, name, ...stats })));
  const tests = seen.filter(({ kind }) => kind === 'test');
  const requests = seen.filter(({ kind }) => kind === 'request');
  return [
    ...tests.map(({ name, errors, unfinished, time }): Line => {
      const ok = errors + unfinished === 0;
      return [`${ok ? '✓' : '✗'} ${name}  ${formatLatency(time.max)}`, ok ? 'good' : 'bad'];
    }),
    ...requests.map(({ name, count, outcomes, time, errors }): Line => {
      const times =
        count > 1 ? `${formatLatency(time.min)} … ${formatLatency(time.max)}` : formatLatency(time.max);
      const how = Object.entries(outcomes).map(([outcome, n]) => (n > 1 ? `${n} × ${outcome}` : outcome));
      return [`  ${name}  ${how.join(', ')}  ${times}`, errors > 0 ? 'bad' : 'plain'];
    }),
    ...failures.flatMap(({ test, label, message, source, samples }): Line[] => [
      [`${label || test}: ${message}${source === null ? '' : ` (${source})`}`, 'bad'],
      ...(samples[0]?.detail.split('\n') ?? []).map((line): Line => [`    ${line}`, 'plain']),
    ]),
  ];
}

/** Whether every test ended, and no request was an error. */
export function wentWell({ labels }: Measurements): boolean {
  const seen = labels.flatMap(({ kind, steps }) => steps.map((stats) => ({ kind, ...stats })));
  return (
    seen.some(({ kind, count }) => kind === 'test' && count > 0) &&
    seen.every(({ errors, unfinished }) => errors + unfinished === 0)
  );
}
