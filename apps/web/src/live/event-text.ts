import type { RunEvent } from '@marteau/shared';
import type { StoredEvent } from '@marteau/store';

/** Made once for all viewers: the store gives each of them the same object. */
const written = new WeakMap<RunEvent, string>();

/** An event in the format of server-sent events, without what only the server needs. */
export function eventText({ id, event }: StoredEvent): string {
  const known = written.get(event);
  if (known !== undefined) return known;
  const text = `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(visible(event))}\n\n`;
  written.set(event, text);
  return text;
}

function visible(event: RunEvent): object {
  if (event.type !== 'tick') return event;
  const { histogram: _histogram, ...rest } = event;
  return rest;
}
