import type { SocketMetrics } from './socket-metrics.ts';

/** A message, and when it went, ms of the thread's clock; 0 while it waits for what its host allows. */
export interface Sending {
  at: number;
}

/** What is known of a socket, for who waits for an answer on it. */
export interface KnownSocket {
  readonly metrics: SocketMetrics;
  /** What was sent last; null for nothing yet. */
  readonly lastSent: Sending | null;
  /** Measured. Resolves with the ms until its pong; with null where the end comes first. */
  ping?(): Promise<number | null>;
}

/** Sockets that are measured, whoever made them. */
export const knownSockets = new WeakMap<object, KnownSocket>();
