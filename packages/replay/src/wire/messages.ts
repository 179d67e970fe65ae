/** What a measuring proxy is to do. */
export interface WireOrder {
  /** The server before which it stands; null where clients say whom they mean: the forward proxy. */
  readonly server: string | null;
  /** Headers that every request gets, unless the client has set them: `X-Marteau-Run`. Names in lower case. */
  readonly marks: Readonly<Record<string, string>>;
  /** Takes any certificate of a real server. */
  readonly insecure: boolean;
  /** Requests per second that `host:port`s get at most. */
  readonly rates: Readonly<Record<string, number>>;
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

export interface WireBegun {
  readonly url: string;
  /** What HTTPS clients have to trust, as PEM; null where only HTTP is answered. */
  readonly trust: { readonly cert: string; readonly bundle: string } | null;
}

/** Everything up to now has been told. */
export interface WireAnswer {
  readonly samples: readonly WireSample[];
  /** What a person has to know of it, each once. */
  readonly sentences: readonly string[];
  /** Exchanges that are open. */
  readonly open: number;
  /** Of the last whole second: the part of a processor that the proxy used, and how late its event loop was (p99), µs. */
  readonly cpu: number;
  readonly loopDelay: number;
  /** Since it was asked last: where requests waited for a rate for so long that the load has not its pace any more. */
  readonly waited: readonly string[];
  /** So far: connections whose clients did not trust the proxy, or that were passed on unread for that, by `host:port`. */
  readonly tunnels: Readonly<Record<string, number>>;
}
