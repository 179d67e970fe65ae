import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { shownText } from '@marteau/shared';

const levels: Record<number, string> = { 40: 'warning: ', 50: 'error: ', 60: 'error: ' };
const ownFields = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'name', 'err', 'app', 'node']);

/** Hands on every line of a program's output for a person to read, until the output ends. */
export function eachLine(output: Readable, show: (line: string) => void): void {
  createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    const text = forPeople(line);
    if (text !== '') show(text);
  });
}

/** A line of pino's becomes a sentence and what belongs to it; any other line stays as it is. */
export function forPeople(line: string): string {
  const entry = parse(line);
  if (!entry) return shownText(line);
  const details = Object.entries(entry)
    .filter(([key]) => !ownFields.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const error = (entry.err as { message?: string } | undefined)?.message;
  if (error && error !== entry.msg) details.push(error);
  const told = [`${levels[Number(entry.level)] ?? ''}${entry.msg}`, ...details].join('  ');
  return shownText(told).replaceAll('\n', ' ⏎ '); // what strangers wrote is no line of its own
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry === 'object' && entry !== null && 'msg' in entry && 'level' in entry)
      return entry as Record<string, unknown>;
  } catch {
    // a program may print what it likes
  }
  return undefined;
}
