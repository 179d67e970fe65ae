import { byTurns } from './turns.ts';

interface Listener {
  /** `data` is the event as docs/api.md has it, as JSON. */
  event: (type: string, data: string) => void;
  away: (isAway: boolean) => void;
}

/**
 * The events of one run, resumed where they stopped whenever the tab is seen again. Events that were seen are never
 * given twice, also when the server or the connection was gone for a while.
 * @returns ends it for good
 */
export function openStream(url: string, on: Listener): () => void {
  let lastId = '';
  let over = false;
  let source: EventSource | null = null;

  const connect = (signal: AbortSignal) => {
    if (over) return;
    const from = lastId ? `?from=${encodeURIComponent(lastId)}` : '';
    const mine = new EventSource(url + from);
    source = mine;
    for (const type of ['console', 'tick', 'state', 'fault']) {
      mine.addEventListener(type, (event) => {
        if (event.lastEventId) lastId = event.lastEventId;
        on.event(type, event.data);
      });
    }
    mine.addEventListener('end', () => end());
    mine.onopen = () => on.away(false);
    mine.onerror = () => {
      if (signal.aborted || over) return;
      on.away(true);
      // The browser gives up after an answer that is no stream; we try again.
      if (mine.readyState === EventSource.CLOSED) setTimeout(() => signal.aborted || connect(signal), 3_000);
    };
    signal.addEventListener('abort', () => mine.close());
  };

  const end = () => {
    over = true;
    source?.close();
    leave();
  };
  const leave = byTurns(connect);
  return end;
}
