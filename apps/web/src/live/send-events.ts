import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import type { Viewers } from './viewers.ts';

/** Proxies close what is silent for a minute, and a dead viewer is noticed by writing to it. */
const BEAT_MS = 15_000;

/** What is sent to whom, and until when. */
interface Stream {
  runId: string;
  afterId: string | null;
  signal: AbortSignal;
}

/** Answers with the events of a run, until they end, the viewer leaves or the signal aborts. */
export async function sendEvents(reply: FastifyReply, viewers: Viewers, stream: Stream): Promise<void> {
  const { raw } = reply;
  const { runId, afterId, signal } = stream;
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
  const beat = setInterval(() => raw.writableNeedDrain || raw.write(': beat\n\n'), BEAT_MS);
  try {
    const hasEnded = await viewers.show(runId, {
      afterId,
      sink: (bytes) => raw.write(bytes),
      drained: async () => raw.writableNeedDrain && once(raw, 'drain', { signal }),
      signal,
    });
    if (hasEnded) raw.write('event: end\ndata: {}\n\n');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(beat);
    raw.end();
  }
}
