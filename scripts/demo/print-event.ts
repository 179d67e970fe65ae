import { formatCount, formatLatency, type RunEvent } from '@marteau/shared';

/** One event of a run as a line (or several) of the terminal; null for what says nothing new. */
export function printEvent(event: RunEvent): string | null {
  switch (event.type) {
    case 'state':
      return event.phase ? null : `── ${event.state} ${'─'.repeat(Math.max(3, 60 - event.state.length))}`;
    case 'console':
      return event.text
        .split('\n')
        .map((line) => `${event.from.padEnd(8)}${line}`)
        .join('\n');
    case 'tick':
      return [
        `${String(event.second).padStart(3)} s`,
        `${formatCount(event.users)} users`.padStart(10),
        `${formatCount(event.requests)} requests/s`.padStart(17),
        `p95 ${formatLatency(event.p95)}`.padStart(14),
        `${formatCount(event.errors)} errors`.padStart(11),
      ].join('');
    case 'fault':
      return `${event.title}: ${event.detail}`;
  }
}
