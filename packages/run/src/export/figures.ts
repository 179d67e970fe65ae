import { type EngineMessage, highestOf, lowestOf, readHistograms } from '@marteau/measure';
import type { Plan } from '@marteau/shared';

/** Times in buckets of equal ratio, as native and exponential histograms have them: bucket i holds (b^(i-1), b^i] s. */
export interface Exponential {
  count: number;
  /** s */
  sum: number;
  /** By i. */
  readonly buckets: Map<number, number>;
}

/** b is the eighth root of two: a bucket is 9 % wide. */
export const SCALE = 3;
const PER_OCTAVE = 2 ** SCALE;
const MICROS = 1e6;

/** What one label did in one stage, since the load began. */
export interface LabelFigures {
  readonly label: string;
  readonly kind: string;
  readonly stage: string;
  errors: number;
  bytesIn: number;
  readonly time: Exponential;
}

/** Of this share, since the load began. Everything only grows, so that nothing is lost with an export that fails. */
export class Figures {
  readonly labels = new Map<string, LabelFigures>();
  users = 0;
  iterations = 0;
  failures = 0;
  dropped = 0;
  readonly #plan: Plan | null;

  constructor(plan: Plan | null) {
    this.#plan = plan;
  }

  add(message: EngineMessage): void {
    if (message.type === 'tick') {
      this.users = message.users;
      this.iterations += message.iterations;
      this.failures += message.failures;
      this.dropped += message.dropped ?? 0;
    }
    if (message.type !== 'labels') return;
    for (const { stage, kind, name, errors, bytesIn, sum, histogram } of message.labels) {
      const figures = this.#of(
        kind,
        name,
        this.#plan?.steps.find(({ index }) => index === stage)?.name ?? String(stage),
      );
      if (figures === null) continue;
      figures.errors += errors;
      figures.bytesIn += bytesIn;
      addTo(figures.time, histogram, sum);
    }
  }

  /** Null beyond the most that are told: a script that makes up labels fills no memory here or there. */
  #of(kind: string, label: string, stage: string): LabelFigures | null {
    const key = `${stage}\n${kind}\n${label}`;
    const known = this.labels.get(key);
    if (known) return known;
    if (this.labels.size >= MOST_SERIES) return null;
    const time = { count: 0, sum: 0, buckets: new Map<number, number>() };
    const made = { label, kind, stage, errors: 0, bytesIn: 0, time };
    this.labels.set(key, made);
    return made;
  }
}

const MOST_SERIES = 500;

/** @param histogram HdrHistogram of µs; a script may have written there what is none @param sum µs */
function addTo(to: Exponential, histogram: string, sum: number): void {
  try {
    const { count, cells, counts, layout } = readHistograms([histogram]);
    cells.forEach((cell, i) => {
      const bucket = bucketOf((lowestOf(cell, layout) + highestOf(cell, layout)) / 2 / MICROS);
      to.buckets.set(bucket, (to.buckets.get(bucket) ?? 0) + counts[i]!);
    });
    to.count += count;
    to.sum += sum / MICROS;
  } catch {}
}

/** Which bucket a time is in, s. What took no time at all is as a tenth of a microsecond. */
export function bucketOf(seconds: number): number {
  return Math.ceil(Math.log2(Math.max(seconds, 1e-7)) * PER_OCTAVE);
}
