import type { FaultEvent, ResultEvent } from '@marteau/shared';
import type { Merged } from '../merge/merged.ts';
import type { Stretch } from '../verdict/slice.ts';

/** Events in the time of the load, in order; that the file itself ended it is one of them. */
export function eventsOf(
  events: readonly FaultEvent[],
  { startedAt, stoppedBy }: Pick<Merged, 'startedAt' | 'stoppedBy'>,
): ResultEvent[] {
  const start = Date.parse(startedAt);
  const stop = stoppedBy && {
    at: stoppedBy.at,
    duration: 0,
    kind: 'stop',
    title: 'Stopped by the file',
    detail: stoppedBy.sentence,
  };
  return events
    .map(({ at, duration, kind, title, detail }) => ({ at: at - start, duration, kind, title, detail }))
    .concat(stop ?? [])
    .toSorted((a, b) => a.at - b.at);
}

/** The stretches in which something was broken; a moment breaks nothing for a time. */
export function faultsOf(events: readonly ResultEvent[]): Stretch[] {
  return events
    .filter(({ duration, kind }) => duration > 0 && kind !== 'chaos') // of those more is known
    .map(({ at, duration }) => ({ from: at, to: at + duration }));
}
