import type { ErrorWish, Exchange, ProtocolError } from '../contracts.ts';

/** A protocol finds the boundaries of messages; see docs/guide/chaos.md, "How to add a protocol". */
export interface Protocol {
  name: string;
  /** One line for lists and forms. */
  about: string;
  /** Begins to follow a connection; without it there are only bytes (tcp). */
  open?(): Dialogue;
}

/** What a scanner found where it stopped. */
export type Found =
  /** The chunk is at its end and the message is not. */
  | 'more'
  /** The message's command is known; its rest may still come. */
  | 'head'
  /** The message is complete; without a head before it, it was empty and no request. */
  | 'end'
  /** What the backend said is complete and no part of an answer: a notice, a push, an interim status. */
  | 'aside'
  /** From here on the connection has no messages that could be told apart (TLS, pub/sub, an upgrade). */
  | 'opaque'
  /** This is not the protocol. */
  | 'garbage';

/** Follows the messages of one connection, both ways. */
export interface Dialogue {
  /** Answers that the backend gives before it is asked: 1 where it greets. */
  readonly greetings: number;
  /**
   * Reads on in what the client sends, and answers where it stopped; `found` says why. After a head it is asked again,
   * even where the chunk is at its end.
   */
  request(chunk: Buffer, at: number): number;
  /** Reads on in what the backend sends, which answers `exchange` (undefined: nothing was asked). */
  response(chunk: Buffer, at: number, exchange: Exchange | undefined): number;
  readonly found: Found;
  /** Why it is opaque or garbage. */
  readonly why: string;
  /** After a head: writes command, path and header into the exchange. */
  describe(exchange: Exchange): void;
  /** After a request's end: whether the backend answers it. */
  readonly expectsAnswer: boolean;
  /** After a request's head: whether it goes on with the one before, and is treated as that was. */
  readonly continues: boolean;
  /** False where a client sends a request only once the answer before it is over. */
  readonly pipelines?: boolean;
  /** An error as the backend itself would send it. `chance` is a number in [0, 1) to choose with. */
  error(exchange: Exchange, wish: ErrorWish, chance: number): ProtocolError;
}
