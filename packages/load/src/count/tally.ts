import { addTo, type LabelSnapshot, LabelTally } from '@marteau/measure';
import type { Exchange } from '../fetch/exchange.ts';
import type { Label } from './labels.ts';

/** Counts by label, since it was emptied last. */
export class Tally {
  readonly #byLabel: (LabelTally | undefined)[] = [];

  /** @param lateness open model: how much later than intended it began, ms; null in a closed one */
  request(exchange: Exchange, isError: boolean, lateness: number | null): void {
    const tally = this.#of(exchange.label);
    tally.count(exchange.ended - exchange.begun, lateness, isError);
    const { failure, head } = exchange;
    const outcome = failure ? failure.code : (head!.outcome ?? head!.status);
    tally.outcome(outcome, isError, exchange.bytesIn, exchange.bytesOut);
    if (exchange.isHttp2) tally.http2 += 1;
    addPhases(tally, exchange);
  }

  /**
   * An iteration of a test, or a step of it.
   * @param service how long it took, ms
   * @param lateness as for a request
   */
  iteration(label: Label, service: number, lateness: number | null, failed: boolean): void {
    this.#of(label).count(service, lateness, failed);
  }

  /** What was counted, and empties itself. */
  take(): LabelSnapshot[] {
    const snapshots: LabelSnapshot[] = [];
    for (const tally of this.#byLabel) if (tally?.used) snapshots.push(tally.take());
    return snapshots;
  }

  #of(label: Label): LabelTally {
    const known = this.#byLabel[label.id];
    if (known) return known;
    const made = new LabelTally(label.kind, label.name);
    this.#byLabel[label.id] = made;
    return made;
  }
}

/** What of a request's time went where. */
function addPhases({ phases }: LabelTally, exchange: Exchange): void {
  const { sent, flushed, first, ended, dns, connect, tls } = exchange;
  if (exchange.waited) {
    const blocked = (sent || ended) - exchange.begun - dns - connect - tls;
    addTo(phases.blocked, blocked);
    if (dns > 0) addTo(phases.dns, dns);
    if (connect > 0) addTo(phases.connect, connect);
    if (tls > 0) addTo(phases.tls, tls);
  }
  if (flushed > 0) addTo(phases.sending, flushed - sent);
  if (first === 0) return;
  addTo(phases.waiting, first - (flushed || sent));
  if (ended > first) addTo(phases.receiving, ended - first);
}
