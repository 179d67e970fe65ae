import type { FaultEvent, ResultEvent } from '@marteau/shared';
import type { Stretch } from '../verdict/slice.ts';

/** Events in the time of the load, in order. */
export function eventsOf(events: readonly FaultEvent[], loadStartedAt: string): ResultEvent[] {
  const start = Date.parse(loadStartedAt);
  return events
    .map(({ at, duration, kind, title, detail }) => ({ at: at - start, duration, kind, title, detail }))
    .toSorted((a, b) => a.at - b.at);
}

/** The stretches in which something was broken; a moment breaks nothing for a time. */
export function faultsOf(events: readonly ResultEvent[]): Stretch[] {
  return events
    .filter(({ duration }) => duration > 0)
    .map(({ at, duration }) => ({ from: at, to: at + duration }));
}
