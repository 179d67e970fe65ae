import { formatCount, formatLatency, type RunEvent } from '@marteau/shared';

/** Makes of each event of a run a line (or several) of the terminal; null for what says nothing new. */
export function eventPrinter(): (event: RunEvent) => string | null {
  let state = '';
  return (event) => {
    if (event.type !== 'state') return lineOf(event);
    if (event.state === state) return null;
    state = event.state;
    return `── ${state} ${'─'.repeat(Math.max(3, 60 - state.length))}`;
  };
}

function lineOf(event: Exclude<RunEvent, { type: 'state' }>): string {
  switch (event.type) {
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
