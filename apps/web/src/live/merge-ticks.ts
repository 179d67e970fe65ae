import type { TickEvent } from '@marteau/shared';
import type { StoredEvent } from '@marteau/store';
import { mergeTick } from './merge-tick.ts';

/** How many seconds a second may lack shares before it is shown without them: a lost node sends none. */
const patience = 2;

/**
 * Makes one tick of the ticks of all shares in each second. The merged tick has the id of the last one that came, so
 * that a viewer who resumes there has missed nothing.
 */
export async function* mergeTicks(events: AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent> {
  const open = new Map<number, { id: string; ticks: TickEvent[] }>();

  for await (const stored of events) {
    const { event } = stored;
    if (event.type !== 'tick' || event.of === 1) {
      if (event.type === 'state') yield* flush(open, Number.POSITIVE_INFINITY);
      yield stored;
      continue;
    }
    const second = open.get(event.second) ?? { id: '', ticks: [] };
    second.id = stored.id;
    second.ticks.push(event);
    open.set(event.second, second);
    if (second.ticks.length === event.of) yield* flush(open, event.second);
    else yield* flush(open, event.second - patience);
  }
  yield* flush(open, Number.POSITIVE_INFINITY);
}

/** Gives out all seconds up to one, in their order. */
function* flush(open: Map<number, { id: string; ticks: TickEvent[] }>, upTo: number): Generator<StoredEvent> {
  const due = [...open.keys()].filter((second) => second <= upTo).sort((a, b) => a - b);
  for (const second of due) {
    const { id, ticks } = open.get(second)!;
    open.delete(second);
    yield { id, event: mergeTick(ticks) };
  }
}
