import type { Span } from '@marteau/measure';
import type { FaultEvent } from '@marteau/shared';
import type { Merged } from '../merge/merged.ts';
import type { ResultEvent } from '../schema/results.ts';

type Known = Pick<Merged, 'startedAt' | 'endedAt' | 'stoppedBy' | 'nodes'>;

/** Events in the time of the load, in order; that the file ended it, or that the target changed, is one of them. */
export function eventsOf(events: readonly FaultEvent[], merged: Known): ResultEvent[] {
  const start = Date.parse(merged.startedAt);
  return [
    ...events.map(({ at, duration, kind, title, detail }) => ({
      at: at - start,
      duration,
      kind,
      title,
      detail,
    })),
    ...stopOf(merged),
    ...versionChangeOf(merged),
  ].toSorted((a, b) => a.at - b.at);
}

function stopOf({ stoppedBy }: Known): ResultEvent[] {
  if (!stoppedBy) return [];
  const { at, sentence } = stoppedBy;
  return [{ at, duration: 0, kind: 'stop', title: 'Stopped by the file', detail: sentence }];
}

/** The target is asked for its version before and after the load: by the end it was another one. */
function versionChangeOf({ startedAt, endedAt, nodes }: Known): ResultEvent[] {
  const limit = nodes
    .flatMap(({ generator }) => generator.limits)
    .find(({ code }) => code === 'version-changed');
  if (limit === undefined) return [];
  const at = Date.parse(endedAt) - Date.parse(startedAt);
  return [{ at, duration: 0, kind: 'version', title: 'Another version is deployed', detail: limit.sentence }];
}

/** The spans in which something was broken; a moment breaks nothing for a time. */
export function faultsOf(events: readonly ResultEvent[]): Span[] {
  return events
    .filter(({ duration, kind }) => duration > 0 && kind !== 'chaos') // of those more is known
    .map(({ at, duration }) => ({ from: at, to: at + duration }));
}
