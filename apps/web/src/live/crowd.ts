import type { Store, StoredEvent } from '@marteau/store';
import { eventBytes } from './event-bytes.ts';
import { createTickMerger, type TickMerger } from './merge-ticks.ts';

/** Why a viewer does not stand in the crowd any more: the run ended, it does not read, or it left. */
export interface Left {
  why: 'ended' | 'slow' | 'gone';
  /** The last event that it had. */
  lastId: string;
  /** What was held back for it. */
  merger: TickMerger;
}

/** Takes bytes; false when they pile up. */
export type Sink = (bytes: Buffer) => boolean;

/**
 *   viewers who catch up          the crowd
 *   each reads for itself ──────▶ stands at lastId: one loop reads for all, and each event is written once
 *            ◀── who does not read falls out again
 *
 * All viewers of one run who have seen what there is.
 */
export interface Crowd {
  /** Where it stands; null before the first event. Who stands there too may join. */
  readonly lastId: string | null;
  /** Until the run ends, the viewer is too slow, or the signal aborts. */
  stay(sink: Sink, signal: AbortSignal): Promise<Left>;
}

interface Member {
  sink: Sink;
  leave(why: Left['why']): void;
}

/** @param onState called before a new state is shown to anybody */
export function gatherCrowd(
  store: Store,
  runId: string,
  { signal, onState }: { signal: AbortSignal; onState: () => void },
): Crowd {
  const members = new Set<Member>();
  const merger = createTickMerger();
  let lastId: string | null = null;
  let isOver = false;

  // Each gets all of them before it may fall out: who does goes on after the last.
  const show = (events: StoredEvent[]): void => {
    for (const member of members) {
      const keepsUp = events.map((stored) => member.sink(eventBytes(stored)));
      if (keepsUp.includes(false)) member.leave('slow');
    }
  };

  const lead = async (): Promise<void> => {
    for await (const stored of store.events.tail(runId, null, signal)) {
      if (stored.event.type === 'state') onState();
      const shown = merger.push(stored);
      lastId = stored.id;
      show(shown);
    }
    show(merger.rest());
  };

  const disband = (why: Left['why']): void => {
    isOver = true;
    for (const member of members) member.leave(why);
  };
  // When it cannot go on, each reads for itself, and is told why there.
  lead().then(
    () => disband(signal.aborted ? 'gone' : 'ended'),
    () => disband('slow'),
  );

  return {
    get lastId() {
      return isOver ? null : lastId;
    },
    stay(sink, memberSignal) {
      const { promise, resolve } = Promise.withResolvers<Left>();
      const gone = () => member.leave('gone');
      const member: Member = {
        sink,
        leave(why) {
          members.delete(member);
          memberSignal.removeEventListener('abort', gone);
          resolve({ why, lastId: lastId ?? '', merger: merger.copy() });
        },
      };
      members.add(member);
      memberSignal.addEventListener('abort', gone);
      if (memberSignal.aborted) gone();
      return promise;
    },
  };
}
