import { Histogram } from '../histogram/histogram.ts';
import { threeDigits } from '../histogram/layout.ts';
import type { LabelKind } from '../schema/measurements.ts';
import type { PhaseSum } from './counts.ts';
import type { LabelSnapshot } from './snapshot.ts';

/** Whole µs of ms. */
export function micros(ms: number): number {
  return Math.round(ms * 1000);
}

/** Counts of one label, since it was emptied last. */
export class LabelTally {
  readonly kind: LabelKind;
  readonly name: string;
  readonly #time = new Histogram(threeDigits);
  #service: Histogram | null = null;
  #errorTime: Histogram | null = null;
  readonly #outcomes = new Map<string | number, number>();
  readonly #errorKinds = new Map<string | number, number>();
  #bytesIn = 0;
  #bytesOut = 0;
  phases = newPhases();
  /** Requests that went over HTTP/2. */
  http2 = 0;

  constructor(kind: LabelKind, name: string) {
    this.kind = kind;
    this.name = name;
  }

  get used(): boolean {
    return this.#time.count > 0;
  }

  /**
   * One that has finished. The open model tells response time, from the intended start, and service time apart.
   * @param service ms
   * @param lateness how much later than intended it began, ms; null in a closed model
   */
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

  /** What a request ended with: its status, or an error class. */
  outcome(outcome: string | number, isError: boolean, bytesIn: number, bytesOut: number): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    if (isError) this.#errorKinds.set(outcome, (this.#errorKinds.get(outcome) ?? 0) + 1);
    this.#bytesIn += bytesIn;
    this.#bytesOut += bytesOut;
  }

  /** What was counted, and empties itself. */
  take(): LabelSnapshot {
    const { kind, name } = this;
    const snapshot: LabelSnapshot = {
      kind,
      name,
      time: this.#time.take(),
      service: this.#service?.count ? this.#service.take() : null,
      errorTime: this.#errorTime?.count ? this.#errorTime.take() : null,
      outcomes: Object.fromEntries(this.#outcomes),
      errorKinds: Object.fromEntries(this.#errorKinds),
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      phases: usedPhases(this.phases),
      ...(this.http2 > 0 && { http2: this.http2 }),
    };
    this.#outcomes.clear();
    this.#errorKinds.clear();
    this.#bytesIn = 0;
    this.#bytesOut = 0;
    this.phases = newPhases();
    this.http2 = 0;
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

export function addTo(phase: PhaseSum, ms: number): void {
  const time = Math.max(0, micros(ms));
  phase.count += 1;
  phase.sum += time;
  if (time > phase.max) phase.max = time;
}

/** Those that some request had. */
function usedPhases(phases: ReturnType<typeof newPhases>): Record<string, PhaseSum> {
  return Object.fromEntries(Object.entries(phases).filter(([, { count }]) => count > 0));
}
