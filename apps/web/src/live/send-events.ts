import { once } from 'node:events';
import type { StoredEvent } from '@marteau/store';
import type { FastifyReply } from 'fastify';
import { eventText } from './event-text.ts';
import { createTickMerger } from './merge-ticks.ts';

/** Proxies close what is silent for a minute, and a dead viewer is noticed by writing to it. */
const beatMs = 15_000;

/**
 * Sends the events of a run until they end, the viewer leaves or the signal aborts. A viewer that does not read is
 * waited for, with nothing kept for it here.
 * @param onState called before a new state is sent
 */
export async function sendEvents(
  reply: FastifyReply,
  events: AsyncIterable<StoredEvent>,
  { signal, onState }: { signal: AbortSignal; onState: () => void },
): Promise<void> {
  const { raw } = reply;
  reply.hijack();
  // A stream ends with its connection, so it needs no chunks, and nothing waits for it: a closing server least of all.
  raw.useChunkedEncodingByDefault = false;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    connection: 'close',
  });
  raw.write('retry: 2000\n\n');
  const beat = setInterval(() => raw.writableNeedDrain || raw.write(': beat\n\n'), beatMs);
  const merger = createTickMerger();
  try {
    for await (const stored of events) {
      if (stored.event.type === 'state') onState();
      for (const shown of merger.push(stored)) {
        if (!raw.write(eventText(shown))) await once(raw, 'drain', { signal });
      }
    }
    for (const shown of merger.rest()) raw.write(eventText(shown));
    if (!signal.aborted) raw.write('event: end\ndata: {}\n\n');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(beat);
    raw.end();
  }
}
