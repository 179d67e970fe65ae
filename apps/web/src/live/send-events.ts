import { once } from 'node:events';
import type { StoredEvent } from '@marteau/store';
import type { FastifyReply } from 'fastify';
import { eventText } from './event-text.ts';

/** Proxies close what is silent for a minute, and a dead viewer is noticed by writing to it. */
const beatMs = 15_000;

/**
 * Sends events until they end, the viewer leaves or the signal aborts. A viewer that does not read is waited for,
 * with nothing kept for it here.
 */
export async function sendEvents(
  reply: FastifyReply,
  events: AsyncIterable<StoredEvent>,
  signal: AbortSignal,
) {
  const { raw } = reply;
  reply.hijack();
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    // A stream ends with its connection: nothing else waits for it, a server that closes least of all.
    connection: 'close',
  });
  raw.write('retry: 2000\n\n');
  const beat = setInterval(() => raw.writableNeedDrain || raw.write(': beat\n\n'), beatMs);
  try {
    for await (const stored of events) {
      if (!raw.write(eventText(stored))) await once(raw, 'drain', { signal });
    }
    if (!signal.aborted) raw.write('event: end\ndata: {}\n\n');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(beat);
    raw.end();
  }
}
