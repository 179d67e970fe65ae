import { CLOSED, type Metric } from '@marteau/measure';
import type { LabelledMetrics } from '../count/kind-metrics.ts';
import type { ExchangeObserver } from '../fetch/agent.ts';

/** How a socket ended. */
export interface Closing {
  readonly code: number;
  readonly side: 'client' | 'target';
  /** Both sides said that they close. */
  readonly clean: boolean;
}

/** Codes of an end that is none to worry about: done, going away, and nothing said. */
const usual = new Set([1000, 1001, 1005]);

/** A target may close with any of two thousand codes: so many figures of one label are told apart. */
const MOST_NAMED = 30;

/** What is measured of the sockets of one label. */
export class SocketMetrics {
  readonly label: string;
  readonly connecting: Metric;
  readonly open: Metric;
  readonly firstMessage: Metric;
  readonly roundTrip: Metric;
  readonly ping: Metric;
  readonly sent: Metric;
  readonly received: Metric;
  readonly errors: Metric;
  readonly closedAbnormally: Metric;
  readonly #own: LabelledMetrics;

  constructor(own: LabelledMetrics) {
    this.#own = own;
    this.label = own.of.label;
    this.connecting = own.metric('trend', 'connecting', 'us');
    this.open = own.metric('trend', 'open', 'us');
    this.firstMessage = own.metric('trend', 'first message', 'us');
    this.roundTrip = own.metric('trend', 'round trip', 'us');
    this.ping = own.metric('trend', 'ping', 'us');
    this.sent = own.metric('trend', 'sent', 'bytes');
    this.received = own.metric('trend', 'received', 'bytes');
    this.errors = own.metric('rate', 'errors');
    this.closedAbnormally = own.metric('rate', CLOSED);
  }

  /** @param openMs how long it was open */
  closed(owner: ExchangeObserver, { code, side, clean }: Closing, openMs: number): void {
    owner.measured?.(this.open, openMs * 1000);
    owner.measured?.(this.closedAbnormally, clean && usual.has(code) ? 0 : 1);
    const said = `closed ${code} by the ${side}`;
    const name = this.#own.hasRoom(said, MOST_NAMED) ? said : 'closed otherwise';
    owner.measured?.(this.#own.metric('counter', name), 1);
  }
}

/** Whether an end is one to worry about. */
export function isAbnormal({ code, clean }: Closing): boolean {
  return !clean || !usual.has(code);
}
