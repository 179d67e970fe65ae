import type { HeaderList } from './headers.ts';

/** What a request and an answer have in common. Texts of a head are latin1, as on the wire. */
export interface Message {
  /** `1.0`, `1.1`, `2`; 1.1 where nothing is known. */
  version: string;
  headers: HeaderList;
  /** Without its transfer coding. The recorder keeps texts without their content coding, too, so that people can read them. */
  body: Buffer;
  /** The size in bytes of a body of which only the beginning is on the tape; null for a whole one. */
  cutFrom: number | null;
}

export interface RecordedRequest extends Message {
  method: string;
  /** `https://api.example.com`; null where the tape does not say which server it was. */
  origin: string | null;
  /** Path and query. */
  target: string;
}

export interface RecordedAnswer extends Message {
  status: number;
  reason: string;
}

/** One request and its answer. */
export interface Exchange {
  /** What a person wrote about it; lines are parted by \n. */
  comment: string;
  /** ms since 1970; null where the tape does not say. */
  startedAt: number | null;
  /** From the request until the answer was whole, in ms; null where the tape does not say. */
  latencyMs: number | null;
  request: RecordedRequest;
  answer: RecordedAnswer;
}

/** A recorded session. */
export interface Tape {
  exchanges: readonly Exchange[];
  /** What the reader left out or put right, as sentences. */
  notes: readonly string[];
  /** Where an exchange is in its file: `line 14`, `entry 3`. */
  placeOf(exchange: Exchange): string;
}

/** A tape that is in no file. */
export function tapeOf(exchanges: readonly Exchange[], notes: readonly string[] = []): Tape {
  return {
    exchanges,
    notes,
    placeOf: (exchange) => `entry ${exchanges.indexOf(exchange) + 1}`,
  };
}
