/**
 * Runs `start` while the tab is seen, and aborts its signal when it is hidden or left: a browser gives a host six
 * connections for all its tabs.
 */
export function whileVisible(start: (signal: AbortSignal) => void) {
  let running: AbortController | null = null;
  const update = () => {
    if (!document.hidden && !running) {
      running = new AbortController();
      start(running.signal);
    } else if (document.hidden && running) {
      running.abort();
      running = null;
    }
  };
  document.addEventListener('visibilitychange', update);
  // A page in the back-forward cache must not hold a connection either.
  addEventListener('pagehide', () => {
    running?.abort();
    running = null;
  });
  addEventListener('pageshow', update);
  update();
}
