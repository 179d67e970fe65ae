import type { Threshold } from '@marteau/measure';
import type { LabelPiece } from '../measure/piece.ts';
import { type Count, Gathered } from './gathered.ts';
import { type MeasureFacts, measureThreshold } from './measure-threshold.ts';

/** Measures what one threshold bounds while the load runs, second by second. */
export class Meter {
  readonly threshold: Threshold;
  readonly #facts: MeasureFacts;
  /** Seconds of its window; infinite without one. */
  readonly #window: number;
  #recent: Count[] = [];
  #all = new Gathered();
  /** Whether anything was fetched: until then it speaks of tests, where it is about all. */
  #fetches = false;

  constructor(threshold: Threshold, facts: MeasureFacts) {
    this.threshold = threshold;
    this.#facts = facts;
    this.#window = threshold.windowMs === null ? Number.POSITIVE_INFINITY : threshold.windowMs / 1000;
  }

  /** Another load begins: what was seen before is forgotten. */
  reset(): void {
    this.#recent = [];
    this.#all = new Gathered();
  }

  /** One more second, with all labels of it. */
  add({ labels, metrics, started }: Count): void {
    if (!this.#fetches && labels.some(({ kind }) => kind === 'request')) {
      this.#fetches = true;
      this.reset();
    }
    const { custom } = this.threshold;
    const count = {
      labels: custom === null ? labelsFor(this.threshold, labels, this.#fetches) : [],
      metrics: custom === null ? [] : metrics.filter(({ name }) => name === custom),
      started,
    };
    if (this.#window === Number.POSITIVE_INFINITY) this.#all.add(count);
    else {
      this.#recent.push(count);
      if (this.#recent.length > this.#window) this.#recent.shift();
    }
  }

  /** Seconds that its value rests on. */
  get seconds(): number {
    return this.#recent.length || this.#all.seconds;
  }

  /** Whether it has seen as many seconds as its window has; one without is full at once. */
  get isFull(): boolean {
    return this.#window === Number.POSITIVE_INFINITY || this.#recent.length === this.#window;
  }

  /** Over its window, or over all since the last reset; in the unit of the threshold. Null: nothing to measure. */
  value(): number | null {
    if (this.#window === Number.POSITIVE_INFINITY)
      return measureThreshold(this.threshold, this.#all, this.#facts);
    const gathered = new Gathered();
    for (const count of this.#recent) gathered.add(count);
    return measureThreshold(this.threshold, gathered, this.#facts);
  }
}

/** What a threshold is about: its label, else all requests; for failures and rates, and where nothing is fetched, all tests. */
function labelsFor(
  { label, metric }: Threshold,
  labels: readonly LabelPiece[],
  fetches: boolean,
): readonly LabelPiece[] {
  const ofTests = metric === 'failures' || metric === 'rate';
  if (label === null) {
    const wanted = ofTests || !fetches ? 'test' : 'request';
    return labels.filter(({ kind }) => kind === wanted);
  }
  const named = labels.filter(({ name }) => name === label);
  const preferred = named.filter(({ kind }) => (kind === 'request') !== ofTests);
  return preferred.length > 0 ? preferred : named;
}
