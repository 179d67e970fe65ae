import type { StoredEvent } from '@marteau/store';

/**
 * The events that are there already, without waiting for the next one: ends when none came for a moment, or with
 * the run.
 * @param tail opens the stream of a run's events from its begin
 * @param quietMs how long is a moment
 */
export async function* snapshot(
  tail: (signal: AbortSignal) => AsyncIterable<StoredEvent>,
  quietMs = 150,
): AsyncGenerator<StoredEvent> {
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), quietMs * 10);
  try {
    for await (const stored of tail(quiet.signal)) {
      clearTimeout(timer);
      yield stored;
      timer = setTimeout(() => quiet.abort(), quietMs);
    }
  } finally {
    clearTimeout(timer);
    quiet.abort();
  }
}
