import type { ConsoleEvent } from './events.ts';

/** The lines of a console event as they stand in a run's console.log: `09:30:00.123 app     | listening`. */
export function consoleText({ at, from, text }: Pick<ConsoleEvent, 'at' | 'from' | 'text'>): string {
  const stamp = `${new Date(at).toISOString().slice(11, 23)} ${from.padEnd(7)} | `;
  return text
    .split('\n')
    .map((line) => `${stamp}${line}\n`)
    .join('');
}
