// What behaviours, protocols and the proxy have to know of each other. This file imports none of them, so that they need
// not import each other. `Connection`, `Link` and `ActiveBehavior` are here as hooks see them; their classes are in proxy/.
import type { Static, TObject } from 'typebox';

/** What a probability is drawn for. */
export type Per = 'connection' | 'request' | 'chunk';

/**
 * A way to break things; see docs/guide/chaos.md, "How to add a behaviour". It has one of three hooks, all of them
 * synchronous: a hook says what takes time and does not await it, so that every wait can be interrupted from outside.
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
  request?(options: Static<T>, active: ActiveBehavior): (exchange: Exchange) => string | null;
  /** Made for each connection and direction that it works on. */
  stream?(options: Static<T>, active: ActiveBehavior, link: Link): StreamHook;
}

/** Gives a behaviour the type of its own options. */
export function defineBehavior<T extends TObject>(behavior: Behavior<T>): Behavior {
  return behavior as unknown as Behavior;
}

/** What a behaviour does with the bytes of one direction of one connection. */
export interface StreamHook {
  /** What its events say. */
  detail: string;
  /**
   * A chunk that is hit, bytes or the end. True passes it on; on false the hook has taken it: it has dropped it, or
   * passed on parts of it with `link.pass(part, next)`.
   */
  chunk(chunk: Chunk, link: Link, next: number): boolean;
  /** It was taken off the connection, or that is over: the moment to end its timers. */
  removed?(): void;
  /** A successor with other options has taken its place: the moment to end its timers, and to leave the rest to it. */
  changed?(): void;
  /** What its successor goes on with when only options change. */
  state?: number;
}

/** A behaviour at work on one connection. */
export interface ActiveBehavior {
  readonly connection: Connection;
  /** A number in [0, 1) of this behaviour's own: the same for the same seed, connection and places. */
  draw(...places: number[]): number;
  /** Whether it hits the connection as a whole. */
  hitsAll(): boolean;
  /** Tells what was done; once for each of what the probability is drawn for. */
  tell(exchange: Exchange | null, detail: string): void;
}

/** One client and its backend. */
export interface Connection {
  /** Closes both sides in good order; what was written still arrives. */
  close(): void;
  /** Cuts both sides with a TCP reset. */
  reset(): void;
  /** An error as this connection's backend would send it; null where nothing is known of its protocol. */
  error(exchange: Exchange, wish: ErrorWish, chance: number): ProtocolError | null;
}

/** One direction of a connection. */
export interface Link {
  /** 1 to the backend, 2 to the client. */
  readonly number: 1 | 2;
  /** Hands a chunk to the hooks from one on, and then to the queue. */
  pass(chunk: Chunk, from: number): void;
  /** Reads no more from the source until the link, which is this many ms behind, has nearly caught up. */
  slow(behindMs: number): void;
}

/** Bytes on their way through one direction of a connection, or its end. */
export interface Chunk {
  /** Null for the end of the stream (FIN). */
  data: Buffer | null;
  /** The request that the bytes belong to. */
  exchange: Exchange;
  /** ms of performance.now() at which it came. */
  since: number;
  waits: Wait[];
  /** What happens once it was delivered. */
  afterwards?: () => void;
}

/** A wait that a behaviour put on a chunk; it is lifted when the behaviour goes. */
export interface Wait {
  by: ActiveBehavior;
  /** Infinity until the behaviour goes. */
  ms: number;
}

/** When a chunk may be delivered, in ms of performance.now(). */
export function dueOf(chunk: Chunk): number {
  let due = chunk.since;
  for (const wait of chunk.waits) due += wait.ms;
  return due;
}

/** One request and its answer, and what behaviours want to happen to them. */
export class Exchange {
  /** From 1 in each connection; 0 is what the backend says before it is asked. */
  readonly number: number;
  command = '';
  path: string | null = null;
  /** Reads a header of HTTP. */
  header: (name: string) => string | undefined = none;
  /** Whatever the protocol needs to answer in the backend's place. */
  context: unknown = null;

  /** Waits before the backend gets the request. */
  readonly before: Wait[] = [];
  /** Waits before the client gets the answer. */
  readonly after: Wait[] = [];
  /** What is to be done instead of passing the request on. */
  fate: Fate = pass;
  /** Changes the first bytes of the answer. */
  garble: ((answer: Buffer) => Buffer) | null = null;
  /** The backend has got its first bytes. */
  asked = false;
  /** The answer has begun. */
  answering = false;

  constructor(number: number) {
    this.number = number;
  }
}

export type Fate =
  | { kind: 'pass' }
  /** The backend never sees it; the client gets this, and is closed if so. */
  | ({ kind: 'answer' } & Omit<ProtocolError, 'detail'>)
  /** The client is closed at once. */
  | { kind: 'close' }
  /** The backend gets the request, and is closed before it can answer. */
  | { kind: 'abort' };

const pass: Fate = { kind: 'pass' };
const none = () => undefined;

/** What a person wants of an error; what a protocol has no use for it ignores. */
export interface ErrorWish {
  /** HTTP's status; 0 for any of 500 to 503. */
  status: number;
  /** The sentence, or for redis what stands after the dash; empty for the protocol's own. */
  message: string;
}

/** What is sent in the backend's place. */
export interface ProtocolError {
  /** Once the request has ended; a function where it depends on what the backend has said by then. */
  bytes: Buffer | (() => Buffer);
  /** Goes before them as soon as the request's head is known: the client may want it before it sends the rest. */
  ahead?: Buffer;
  /** What the backend gets in the request's place, so that it is where the client thinks it is. Its answer is kept back. */
  instead?: Buffer;
  /** It is sent even where the backend would not answer. */
  always?: boolean;
  /** The backend closes after it. */
  close: boolean;
  /** What the event says. */
  detail: string;
}
