import type { CloseUp } from '../schema/measurements.ts';
import { intervalOf, Series, writtenPoint } from './series.ts';
import type { Snapshot } from './snapshot.ts';

/** A span of time, the end not in it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Keeps all requests of some spans second by second, however long the run becomes. */
export class CloseUps {
  readonly #spans: readonly Span[];
  readonly #series = new Series();

  /** @param spans seconds of the run */
  constructor(spans: readonly Span[]) {
    this.#spans = spans;
  }

  /** @param full whether all of the second was recorded */
  add(second: number, full: boolean, snapshots: readonly Snapshot[]): void {
    if (!this.#spans.some(({ from, to }) => second >= from && second < to)) return;
    const requests = snapshots
      .filter(({ recorded }) => recorded)
      .flatMap(({ labels }) => labels.filter(({ kind }) => kind === 'request'));
    if (requests.length > 0) this.#series.add(intervalOf(second, full, requests), 1);
  }

  written(): CloseUp {
    return {
      stretches: this.#spans.map(({ from, to }) => ({ from: from * 1000, to: to * 1000 })),
      series: this.#series.intervals.map((interval) => writtenPoint(interval, 1, false)),
    };
  }
}
