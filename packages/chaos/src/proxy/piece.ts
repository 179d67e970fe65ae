import type { Exchange } from './exchange.ts';
import type { Worker } from './worker.ts';

/** A wait that a behaviour put on a piece; it is lifted when the behaviour goes. */
export interface Hold {
  by: Worker;
  /** Infinity until the behaviour goes. */
  ms: number;
}

/** Bytes on their way through one direction of a connection, or its end. */
export interface Piece {
  /** Null for the end of the stream (FIN). */
  data: Buffer | null;
  /** The request that the bytes belong to. */
  exchange: Exchange;
  /** ms of performance.now() at which it came. */
  since: number;
  holds: Hold[];
  /** What happens once it was delivered. */
  afterwards?: () => void;
}

/** When a piece may be delivered, in ms of performance.now(). */
export function dueOf(piece: Piece): number {
  let due = piece.since;
  for (const hold of piece.holds) due += hold.ms;
  return due;
}
