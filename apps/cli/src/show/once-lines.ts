import type { EngineMessage, Measurements } from '@marteau/measure';
import { formatLatency } from '@marteau/shared';
import type { Line } from './verdict-lines.ts';

/** One request of a script that was tried once, with its answer. */
export type Exchange = Extract<EngineMessage, { type: 'exchange' }>;

/** What users met who did each test once: tests, under each its requests and answers, and what went wrong. */
export function onceLines({ labels, failures }: Measurements, exchanges: readonly Exchange[]): Line[] {
  const tests = labels.filter(({ kind }) => kind === 'test');
  const ofTest = (test: string): Line[] =>
    exchanges.filter((exchange) => exchange.test === test).flatMap(exchangeLines);
  return [
    ...ofTest(''), // of hooks
    ...tests.flatMap(({ name, steps }): Line[] => {
      const went = steps.every(({ errors, unfinished }) => errors + unfinished === 0);
      const time = formatLatency(Math.max(0, ...steps.map((stats) => stats.time.max)));
      return [[`${went ? '✓' : '✗'} ${name}  ${time}`, went ? 'good' : 'bad'], ...ofTest(name)];
    }),
    ...failures.filter(({ kind }) => kind !== 'error').flatMap(failureLines),
  ];
}

function exchangeLines({ label, outcome, ms, text }: Exchange): Line[] {
  return [
    [`  ${label}  ${outcome}  ${formatLatency(ms * 1000)}`, 'strong'],
    ...indented(text),
    ['', 'plain'],
  ];
}

function failureLines({ test, message, source, samples }: Measurements['failures'][number]): Line[] {
  const where = source === null ? '' : ` (${source})`;
  return [[`${test}: ${message}${where}`, 'bad'], ...indented(samples[0]?.detail ?? '')];
}

function indented(text: string): Line[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => [line === '' ? '' : `    ${line}`, 'plain']);
}

/** Whether every test ended, and no request was an error. */
export function wentWell({ labels }: Measurements): boolean {
  const seen = labels.flatMap(({ kind, steps }) => steps.map((stats) => ({ kind, ...stats })));
  return (
    seen.some(({ kind, count }) => kind === 'test' && count > 0) &&
    seen.every(({ errors, unfinished }) => errors + unfinished === 0)
  );
}
