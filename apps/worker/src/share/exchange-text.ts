import type { ShareMessage } from '@marteau/load';
import { formatLatency } from '@marteau/shared';

/** A request of a script that is tried once, with its answer, as the console shows it. */
export function exchangeText({
  test,
  label,
  outcome,
  ms,
  text,
}: Extract<ShareMessage, { type: 'exchange' }>): string {
  const of = test === '' ? '' : `${test}: `;
  const lines = text.trimEnd().split('\n');
  return [
    `${of}${label}  ${outcome}  ${formatLatency(ms * 1000)}`,
    ...lines.map((line) => (line === '' ? '' : `    ${line}`)),
  ].join('\n');
}
