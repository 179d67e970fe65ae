import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type RunEvent, type RunState, type RunSummary, type Verdict } from '@marteau/shared';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Display } from '../show/display.ts';
import type { Server } from './server.ts';

/** A run as the server's API tells it, as far as this command goes. */
export interface RemoteRun {
  id: string;
  url: string;
  state: RunState;
  verdict: Verdict | null;
  reason: string | null;
  reasonCode: string | null;
  reportUrl: string | null;
  summary: RunSummary | null;
}

const AGAIN_MS = 1000;

/**
 * Shows a run until it has ended, and resolves with what became of it. A connection that breaks is made again and goes
 * on where it was. @throws CommandError when the server does not answer any more; the signal's reason when it aborts
 */
export async function follow(
  server: Server,
  id: string,
  display: Display,
  signal: AbortSignal,
): Promise<RemoteRun> {
  const show = shower(display);
  let last = '';
  for (;;) {
    try {
      const answer = await server.open(`/api/v1/runs/${id}/events`, last ? { 'last-event-id': last } : {});
      if (answer.ok && answer.body) {
        for await (const { id: eventId, event, data } of messagesOf(answer.body)) {
          if (eventId) last = eventId;
          if (data && event !== 'end') show({ type: event, ...JSON.parse(data) } as RunEvent);
        }
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TypeError)) throw error; // fetch's way to say that the connection broke
    }
    const run = await server.json<RemoteRun>(`/api/v1/runs/${id}`);
    if (hasEnded(run.state)) return run;
    await sleep(AGAIN_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** The server-sent events of an answer. */
export function messagesOf(body: ReadableStream<Uint8Array>) {
  return body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
}

/** Shows events; a phase is shown when it is another one. */
function shower(display: Display): (event: RunEvent) => void {
  let phase = '';
  return (event) => {
    switch (event.type) {
      case 'console':
        return display.console(event);
      case 'tick':
        return display.tick(event);
      case 'fault':
        return display.say(`${event.title}: ${event.detail}`);
      case 'state': {
        const { name, progress, detail, leftMs } = event.phase ?? {
          name: event.state,
          progress: null,
          detail: '',
          leftMs: undefined,
        };
        if (name === 'measuring' && progress !== null) return display.measuring(progress, detail, leftMs);
        if (name !== phase && !hasEnded(event.state)) display.phase(name);
        phase = name;
      }
    }
  };
}
