import type { Exchange, Wait } from '../contracts.ts';
import type { Link } from './link.ts';

/** What a conversation needs of its connection. */
export interface Transport {
  readonly up: Link;
  readonly down: Link;
  readonly isClosed: boolean;
  /** Requests are asked for by a behaviour, so a command has to be known before its bytes go on. */
  readonly asksRequests: boolean;
  /** How long one side may stand still while something waits for it, in ms. */
  readonly standstill: number;
  /** Asks the behaviours about a request, in order, until one takes it. */
  decide(exchange: Exchange): void;
  /** Sends the client bytes in the backend's place, and then closes if so. */
  answer(exchange: Exchange, bytes: Buffer, close: boolean): void;
  /** Tells that faults of requests cannot hit the connection any more, and why. */
  note(detail: string): void;
  /** The bytes have no messages any more, or never had. */
  degrade(why: string): void;
  close(): void;
}

/** Follows what is said on a connection, so that behaviours know requests and answers. */
export interface Conversation {
  fromClient(chunk: Buffer): void;
  fromBackend(chunk: Buffer): void;
  /** No more comes from the client; what was kept back goes on. */
  clientEnded(): void;
  /** The connection is over. */
  ended(): void;
  /** The request that is under way. */
  readonly current: Exchange;
  /** No request has begun and not ended. */
  readonly isBetweenRequests: boolean;
  readonly isBetweenAnswers: boolean;
}

/** The first bytes of an answer carry what behaviours want of it. */
export function startAnswer(exchange: Exchange, chunk: Buffer): [Buffer, Exchange, Wait[]?] {
  if (exchange.answering) return [chunk, exchange];
  exchange.answering = true;
  return [exchange.garble ? exchange.garble(chunk) : chunk, exchange, exchange.after];
}
