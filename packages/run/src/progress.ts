import { type EngineMessage, failureInWords } from '@marteau/measure';
import { formatLatency } from '@marteau/shared';

/** A message of an engine as a line of the console; null for what is shown otherwise: ticks, and stages. */
export function consoleLine(message: EngineMessage): string | null {
  switch (message.type) {
    case 'failure':
      return `First seen: ${failureInWords(message.group)}`;
    case 'stopped':
      return `The load is stopped: ${message.sentence}.`;
    case 'exchange':
      return exchangeText(message);
    case 'note':
      return message.text;
    default:
      return null;
  }
}

/** A request of a script that is tried once, with its answer. */
function exchangeText({
  test,
  label,
  outcome,
  ms,
  text,
}: Extract<EngineMessage, { type: 'exchange' }>): string {
  const of = test === '' ? '' : `${test}: `;
  const lines = text.trimEnd().split('\n');
  return [
    `${of}${label}  ${outcome}  ${formatLatency(ms * 1000)}`,
    ...lines.map((line) => (line === '' ? '' : `    ${line}`)),
  ].join('\n');
}
