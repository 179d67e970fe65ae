import type { RunEvent } from '@marteau/shared';

export interface StoredEvent {
  /** Opaque, ascending; what Last-Event-ID carries. */
  id: string;
  /** Shared by all viewers of this process: do not change it. */
  event: RunEvent;
}

export interface Events {
  /**
   * Adds events to a run that has not ended; they are dropped silently when it has. State events are written by the
   * store itself. The oldest are trimmed beyond 20,000 events or 8 MB a run.
   * @throws 'store-unavailable', 'store-full'
   */
  append(runId: string, events: readonly RunEvent[]): Promise<void>;
  /**
   * All events after `afterId` (null: from the begin), then the new ones as they come; ends after the state event of
   * the run's end, with the signal, and at once for an unknown run. However many viewers, a process reads Redis
   * once; a slow viewer re-reads what it missed, so nothing is lost or doubled. Of an ended run it reads the folder.
   */
  tail(runId: string, afterId: string | null, signal: AbortSignal): AsyncIterable<StoredEvent>;
}
