import { Histogram } from '../measure/histogram.ts';
import { threeDigits } from '../measure/layout.ts';
import type { LabelPiece } from '../measure/piece.ts';

/** What a threshold looks at of one second: its labels, and how many iterations were started. */
export interface Count {
  readonly labels: readonly LabelPiece[];
  readonly started: number;
}

/** All of some seconds together. */
export class Gathered {
  readonly time = new Histogram(threeDigits);
  /** Times of what counts as an error, a part of `time`. */
  readonly errorTime = new Histogram(threeDigits);
  bytesIn = 0;
  started = 0;
  seconds = 0;

  add({ labels, started }: Count): void {
    this.seconds += 1;
    this.started += started;
    for (const { time, errorTime, bytesIn } of labels) {
      this.time.merge(time);
      if (errorTime) this.errorTime.merge(errorTime);
      this.bytesIn += bytesIn;
    }
  }
}
