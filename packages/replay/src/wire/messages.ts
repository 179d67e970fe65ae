import type { StandInAddress } from '../process/messages.ts';

/** What a measuring proxy is to do. */
export interface WireOrder {
  /** The server before which it stands; null where clients say whom they mean: the forward proxy. */
  readonly server: string | null;
  /** Headers that every request gets, unless the client has set them: `X-Marteau-Run`. Names in lower case. */
  readonly marks: Readonly<Record<string, string>>;
  /** Takes any certificate of a real server. */
  readonly insecure: boolean;
}

/** One exchange as the proxy saw it. */
export interface WireSample {
  /** When its last byte had passed, ms since 1970. */
  readonly at: number;
  /** From the head of the request to the last byte of the answer, µs. */
  readonly time: number;
  readonly method: string;
  readonly url: string;
  /** 0 where there was no answer, or no whole one. */
  readonly status: number;
  /** Why there was none; empty where there was one. */
  readonly error: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface WireBegun extends StandInAddress {}

/** Everything up to now has been told. */
export interface WireAnswer {
  readonly samples: readonly WireSample[];
  /** What a person has to know of it, each once. */
  readonly sentences: readonly string[];
  /** Exchanges that are open. */
  readonly open: number;
}
