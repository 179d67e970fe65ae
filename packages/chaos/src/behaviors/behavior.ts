import type { Static, TObject } from 'typebox';
import type { Exchange } from '../proxy/exchange.ts';
import type { Lane } from '../proxy/lane.ts';
import type { Piece } from '../proxy/piece.ts';
import type { Worker } from '../proxy/worker.ts';

/** What a probability is drawn for. */
export type Per = 'connection' | 'request' | 'chunk';

/**
 * A way to break things; see docs/guide/chaos.md, "How to add a behaviour". It has one of three hooks, all of them
 * synchronous: what takes time is said and not awaited, so that every wait can be interrupted from outside.
 */
export interface Behavior<T extends TObject = TObject> {
  name: string;
  /** One line for lists and forms. */
  about: string;
  options: T;
  /** What its probability may be drawn for; the first is used unless another is given. */
  per: readonly [Per, ...Per[]];
  /** While it is active the proxy does not listen at all, and open connections are cut. */
  stopsListening?: boolean;
  /** For each new connection that it hits, which is cut before the backend is called. Answers the detail. */
  refuse?(options: Static<T>): string;
  /** Made for each connection; called for each request that it hits. Answers the detail, or null if it let it pass. */
  request?(options: Static<T>, worker: Worker): (exchange: Exchange) => string | null;
  /** Made for each connection and direction that it works on. */
  stream?(options: Static<T>, worker: Worker, lane: Lane): StreamHook;
}

/** What a behaviour does with the bytes of one direction of one connection. */
export interface StreamHook {
  /** What its events say. */
  detail: string;
  /**
   * A piece that is hit, bytes or the end. True passes it on; on false the hook has taken it: it has dropped it, or
   * passed on parts of it with `lane.pass(part, next)`.
   */
  piece(piece: Piece, lane: Lane, next: number): boolean;
  /** It was taken off the connection, or that is over: the moment to end its timers. */
  removed?(): void;
  /** A successor with other options has taken its place: the moment to end its timers, and to leave the rest to it. */
  changed?(): void;
  /** What its successor goes on with when only options change. */
  state?: number;
}

/** Gives a behaviour the type of its own options. */
export function defineBehavior<T extends TObject>(behavior: Behavior<T>): Behavior {
  return behavior as unknown as Behavior;
}
