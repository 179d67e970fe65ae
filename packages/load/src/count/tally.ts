import { Histogram, type LabelSnapshot, type PhaseSum, threeDigits } from '@marteau/measure';
import type { Exchange } from '../fetch/exchange.ts';
import type { Label } from './labels.ts';

/** Whole µs of ms. */
export function micros(ms: number): number {
  return Math.round(ms * 1000);
}

/** Counts by label, since it was emptied last. */
export class Tally {
  readonly #byLabel: (LabelTally | undefined)[] = [];

  /** @param lateness open model: how much later than intended it began, ms; null in a closed one */
  request(exchange: Exchange, isError: boolean, lateness: number | null): void {
    const tally = this.#of(exchange.label);
    tally.count(exchange.ended - exchange.begun, lateness, isError);
    tally.exchange(exchange, isError);
  }

  /**
   * An iteration of a test, or a subtest.
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
    const made = new LabelTally(label);
    this.#byLabel[label.id] = made;
    return made;
  }
}

class LabelTally {
  readonly #label: Label;
  readonly #time = new Histogram(threeDigits);
  #service: Histogram | null = null;
  #errorTime: Histogram | null = null;
  #outcomes = new Map<string | number, number>();
  #errorKinds = new Map<string | number, number>();
  #phases = newPhases();
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(label: Label) {
    this.#label = label;
  }

  get used(): boolean {
    return this.#time.count > 0;
  }

  /** The open model tells response time, from the intended start, and service time apart. */
  count(service: number, lateness: number | null, isError: boolean): void {
    const time = micros(service + (lateness ?? 0));
    this.#time.record(time);
    if (lateness !== null) {
      this.#service ??= new Histogram(threeDigits);
      this.#service.record(micros(service));
    }
    if (!isError) return;
    this.#errorTime ??= new Histogram(threeDigits);
    this.#errorTime.record(time);
  }

  exchange(exchange: Exchange, isError: boolean): void {
    const outcome = exchange.failure ? exchange.failure.code : exchange.head!.status;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    if (isError) this.#errorKinds.set(outcome, (this.#errorKinds.get(outcome) ?? 0) + 1);
    this.#bytesIn += exchange.bytesIn;
    this.#bytesOut += exchange.bytesOut;
    const { sent, flushed, first, ended, dns, connect, tls } = exchange;
    if (exchange.waited) {
      const blocked = (sent || ended) - exchange.begun - dns - connect - tls;
      addTo(this.#phases.blocked, blocked);
      if (dns > 0) addTo(this.#phases.dns, dns);
      if (connect > 0) addTo(this.#phases.connect, connect);
      if (tls > 0) addTo(this.#phases.tls, tls);
    }
    if (flushed > 0) addTo(this.#phases.sending, flushed - sent);
    if (first === 0) return;
    addTo(this.#phases.waiting, first - (flushed || sent));
    if (ended > first) addTo(this.#phases.receiving, ended - first);
  }

  take(): LabelSnapshot {
    const snapshot: LabelSnapshot = {
      kind: this.#label.kind,
      name: this.#label.name,
      time: this.#time.take(),
      service: this.#service?.count ? this.#service.take() : null,
      errorTime: this.#errorTime?.count ? this.#errorTime.take() : null,
      outcomes: Object.fromEntries(this.#outcomes),
      errorKinds: Object.fromEntries(this.#errorKinds),
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      phases: usedPhases(this.#phases),
    };
    this.#outcomes.clear();
    this.#errorKinds.clear();
    this.#phases = newPhases();
    this.#bytesIn = 0;
    this.#bytesOut = 0;
    return snapshot;
  }
}

const newPhase = (): PhaseSum => ({ count: 0, sum: 0, max: 0 });

/** What a request's time consists of. All are always there, because a fixed shape is read fastest. */
function newPhases() {
  return {
    blocked: newPhase(),
    dns: newPhase(),
    connect: newPhase(),
    tls: newPhase(),
    sending: newPhase(),
    waiting: newPhase(),
    receiving: newPhase(),
  };
}

type Phases = ReturnType<typeof newPhases>;

function addTo(phase: PhaseSum, ms: number): void {
  const time = Math.max(0, micros(ms));
  phase.count += 1;
  phase.sum += time;
  if (time > phase.max) phase.max = time;
}

/** Those that some request had. */
function usedPhases(phases: Phases): Record<string, PhaseSum> {
  return Object.fromEntries(Object.entries(phases).filter(([, { count }]) => count > 0));
}
