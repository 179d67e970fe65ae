import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent } from '@marteau/shared';
import { messagesOf } from '../../apps/cli/src/submit/follow.ts';

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
      for await (const message of messagesOf(answer.body!)) {
        if (message.id) last = message.id;
        if (message.event === 'end') return;
        if (message.data) yield { type: message.event, ...JSON.parse(message.data) } as RunEvent;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof TypeError)) throw error; // fetch's way to say that the connection broke
    }
    await sleep(500, undefined, { signal }).catch(() => {});
  }
}
