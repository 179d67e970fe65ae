import type { SocketMetrics } from './socket-metrics.ts';

/** What is known of a socket, for who waits for an answer on it. */
export interface KnownSocket {
  readonly metrics: SocketMetrics;
  /** When something was sent last, ms of the thread's clock; 0 for never. */
  readonly lastSent: number;
  /** Measured. Resolves with the ms until its pong; with null where the end comes first. */
  ping?(): Promise<number | null>;
}

/** Sockets that are measured, whoever made them. */
export const knownSockets = new WeakMap<object, KnownSocket>();
