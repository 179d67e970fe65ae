/** One fault that the proxy made, or one thing that a reader of faults has to know. */
export interface ChaosEvent {
  /** ms since 1970. */
  time: number;
  proxy: string;
  /** A behaviour's name; `proxy` for what happened to the proxy itself (no backend, not the protocol). */
  behavior: string;
  /** Connections are numbered from 1 as they are accepted; 0 for what belongs to none. */
  connection: number;
  /** Requests are numbered from 1 in each connection; 0 for what belongs to none. */
  request: number;
  /** The command of the request (GET, SET, Q), where the protocol has one. */
  command: string;
  /** Path of HTTP, key of redis and memcache. */
  path: string | null;
  detail: string;
  /** From here on faults of requests cannot hit the connection as they should. */
  isLost?: true;
}

export type ChaosListener = (event: ChaosEvent) => void;

/** Hands events to whoever listens. Listeners run at once and must not throw. */
export class ChaosEvents {
  readonly #listeners = new Set<ChaosListener>();

  /** Listens until the answer is called. */
  subscribe(listener: ChaosListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(event: ChaosEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
