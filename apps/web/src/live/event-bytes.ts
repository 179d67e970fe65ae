import type { RunEvent } from '@marteau/shared';
import type { StoredEvent } from '@marteau/store';

/** Made once for all viewers: the store gives each of them the same object. */
const written = new WeakMap<RunEvent, Buffer>();

/** An event in the format of server-sent events, without what only the server needs. */
export function eventBytes({ id, event }: StoredEvent): Buffer {
  const known = written.get(event);
  if (known !== undefined) return known;
  const bytes = Buffer.from(`id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(visible(event))}\n\n`);
  written.set(event, bytes);
  return bytes;
}

function visible(event: RunEvent): object {
  if (event.type !== 'tick') return event;
  const { histogram: _histogram, ...rest } = event;
  return rest;
}
