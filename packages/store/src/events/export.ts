import { Readable } from 'node:stream';
import { consoleText, type RunEvent } from '@marteau/shared';
import type { Redis } from 'ioredis';
import type { RunFolder } from '../folders/folders.ts';
import { isAfter, readRange } from './stream.ts';

const EVENTS_FILE = 'events.ndjson';
const CONSOLE_FILE = 'console.log';

/**
 * Writes the events of an ended run into its folder: all of them without the histograms of the ticks, and the console
 * where nobody wrote a better one. Nothing to do when the stream is gone.
 */
export async function exportEvents(redis: Redis, folder: RunFolder, runId: string): Promise<void> {
  const lines: string[] = [];
  const texts: string[] = [];
  for await (const { id, event } of readRange(redis, runId, null)) {
    lines.push(JSON.stringify([id, withoutHistogram(event)]));
    if (event.type === 'console') texts.push(consoleText(event));
  }
  if (!lines.length) return;
  await folder.put(EVENTS_FILE, Readable.from(withNewlines(lines)));
  const names = new Set((await folder.list()).map((file) => file.name));
  if (texts.length && !names.has(CONSOLE_FILE)) await folder.put(CONSOLE_FILE, Readable.from(texts));
}

/** The exported events after one of them; none when there is no such file. */
export async function* readExported(
  folder: RunFolder,
  afterId: string | null,
): AsyncGenerator<{ id: string; event: RunEvent }> {
  const text = await folder.text(EVENTS_FILE);
  for (const line of text?.split('\n') ?? []) {
    if (!line) continue;
    const [id, event] = JSON.parse(line) as [string, RunEvent];
    if (afterId === null || isAfter(id, afterId)) yield { id, event };
  }
}

function withoutHistogram(event: RunEvent): RunEvent {
  return event.type === 'tick' ? { ...event, histogram: '' } : event;
}

function* withNewlines(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}
