import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent } from '@marteau/shared';

/**
 * The events of a run as the live page gets them, until the run has ended. A connection that breaks is made again and
 * goes on where it was.
 */
export async function* followRun(site: string, id: string, signal: AbortSignal): AsyncGenerator<RunEvent> {
  let last = '';
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = last ? { 'last-event-id': last } : {};
      const answer = await fetch(`${site}/api/v1/runs/${id}/events`, { headers, signal });
      for await (const message of messagesOf(answer)) {
        if (message.id) last = message.id;
        if (message.event === 'end') return;
        if (message.data) yield { type: message.event, ...JSON.parse(message.data) };
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof TypeError)) throw error; // fetch's way to say that the connection broke
    }
    await sleep(500, undefined, { signal }).catch(() => {});
  }
}

/** Reads server-sent events: lines of `field: value`, an empty line after each message. */
async function* messagesOf(answer: Response): AsyncGenerator<{ id?: string; event?: string; data?: string }> {
  let rest = '';
  const text = answer.body!.pipeThrough(new TextDecoderStream());
  for await (const chunk of text) {
    const messages = (rest + chunk).split('\n\n');
    rest = messages.pop()!;
    for (const message of messages) {
      const fields = message
        .split('\n')
        .map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]);
      yield Object.fromEntries(fields);
    }
  }
}
