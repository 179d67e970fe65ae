import { byTurns } from './turns.js';

/**
 * The events of one run, resumed where they stopped whenever the tab is seen again. Events that were seen are never
 * given twice, also when the server or the connection was gone for a while.
 *
 * @param {string} url
 * @param {{ event: (type: string, data: any) => void, away: (isAway: boolean) => void }} on
 * @returns {() => void} ends it for good
 */
export function openStream(url, on) {
  let lastId = '';
  let over = false;
  /** @type {EventSource | null} */
  let source = null;

  const connect = (/** @type {AbortSignal} */ signal) => {
    if (over) return;
    const from = lastId ? `?from=${encodeURIComponent(lastId)}` : '';
    const mine = new EventSource(url + from);
    source = mine;
    for (const type of ['console', 'tick', 'state', 'fault']) {
      mine.addEventListener(type, (event) => {
        if (event.lastEventId) lastId = event.lastEventId;
        on.event(type, JSON.parse(event.data));
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
