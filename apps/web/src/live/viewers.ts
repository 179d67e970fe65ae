import type { Store } from '@marteau/store';
import { type Crowd, gatherCrowd, type Sink } from './crowd.ts';
import { eventBytes } from './event-bytes.ts';
import { createTickMerger } from './merge-ticks.ts';

/** Someone who watches a run. */
export interface Viewer {
  /** The last event that it has seen; null for none. */
  afterId: string | null;
  sink: Sink;
  /** Resolves when the sink takes more. */
  drained(): Promise<unknown>;
  signal: AbortSignal;
}

/** Everybody who watches a run here. */
export interface Viewers {
  /** Gives a viewer all events, each once. True when the run ended, false when the viewer left. */
  show(runId: string, viewer: Viewer): Promise<boolean>;
}

/** @param onState called before a new state is shown to anybody */
export function createViewers(store: Store, onState: (runId: string) => void): Viewers {
  const crowds = new Map<string, { crowd: Crowd; viewers: number; closing: AbortController }>();

  function enter(runId: string): Crowd {
    const known = crowds.get(runId);
    if (known) {
      known.viewers += 1;
      return known.crowd;
    }
    const closing = new AbortController();
    const crowd = gatherCrowd(store, runId, { signal: closing.signal, onState: () => onState(runId) });
    crowds.set(runId, { crowd, viewers: 1, closing });
    return crowd;
  }

  function leave(runId: string): void {
    const known = crowds.get(runId);
    if (!known) return;
    known.viewers -= 1;
    if (known.viewers > 0) return;
    crowds.delete(runId);
    known.closing.abort();
  }

  return {
    async show(runId, viewer) {
      const crowd = enter(runId);
      try {
        return await follow(store, runId, crowd, viewer);
      } finally {
        leave(runId);
      }
    },
  };
}

/** Alone until it stands where the crowd stands, then with the crowd until it falls behind, and so on. */
async function follow(store: Store, runId: string, crowd: Crowd, viewer: Viewer): Promise<boolean> {
  const { sink, signal } = viewer;
  let lastId = viewer.afterId;
  let merger = createTickMerger();
  while (!signal.aborted) {
    // Joined in the same moment in which both stand at one event: leaving the loop takes a while, and the crowd goes on.
    const join = () => (lastId !== null && lastId === crowd.lastId ? crowd.stay(sink, signal) : undefined);
    let staying = join();
    if (!staying) {
      for await (const stored of store.events.tail(runId, lastId, signal)) {
        for (const shown of merger.push(stored)) if (!sink(eventBytes(shown))) await viewer.drained();
        lastId = stored.id;
        staying = join();
        if (staying) break;
      }
    }
    if (!staying) {
      for (const shown of merger.rest()) sink(eventBytes(shown));
      return !signal.aborted;
    }
    const left = await staying;
    if (left.why !== 'slow') return left.why === 'ended';
    await viewer.drained();
    ({ lastId, merger } = left);
  }
  return false;
}
