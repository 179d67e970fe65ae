import type { CloseUp, CustomMetric, Label, LoadPoint } from '@marteau/measure';
import { type CloseStretch, CloseUps } from './close-up.ts';
import { Grid } from './grid.ts';
import { mergeSummaries, type Summary } from './histogram.ts';
import { threeDigits } from './layout.ts';
import { addThreads, type LoadPiece, LoadSeries } from './load-series.ts';
import { MetricRecords } from './metrics.ts';
import type { LabelPiece, Piece, Unfinished } from './piece.ts';
import { countSecond, Series, writtenPoint } from './series.ts';
import { StepRecord } from './step-record.ts';

interface LabelRecord {
  readonly kind: Label['kind'];
  readonly name: string;
  readonly steps: Map<number, StepRecord>;
  readonly series: Series;
}

/** What came of one second, from all threads, until it is complete. */
export interface Second {
  readonly second: number;
  readonly pieces: Piece[];
  readonly load: LoadPiece[];
}

/**
 * All that a share measured. Threads hand in their pieces, in whatever order; a second is closed when every thread has
 * handed in its last piece of it.
 */
export class RunRecord {
  readonly #labels = new Map<string, LabelRecord>();
  readonly #metrics = new MetricRecords();
  readonly #load = new LoadSeries();
  readonly #grid = new Grid();
  readonly #seconds = new Map<number, Second>();
  readonly #isFull: (second: number) => boolean;
  readonly #stepOf: (second: number) => number;
  readonly #closeUps: CloseUps;
  #next = 0;

  /**
   * @param isFull whether all of a second was recorded
   * @param stepOf in which step of the plan a second was, whether or not anything finished in it
   * @param close what is kept second by second, too
   */
  constructor(
    { isFull, stepOf }: { isFull: (second: number) => boolean; stepOf: (second: number) => number },
    close: readonly CloseStretch[],
  ) {
    this.#isFull = isFull;
    this.#stepOf = stepOf;
    this.#closeUps = new CloseUps(close);
  }

  add(pieces: readonly Piece[], load: readonly LoadPiece[]): void {
    for (const piece of pieces) {
      this.second(piece.second).pieces.push(piece);
      this.#metrics.add(piece);
      if (!piece.recorded) continue;
      for (const label of piece.labels) this.#step(this.#label(label), piece.step).add(label);
    }
    for (const piece of load) this.second(piece.second).load.push(piece);
  }

  addUnfinished(unfinished: Unfinished): void {
    this.#step(this.#label(unfinished), unfinished.step).addUnfinished(unfinished);
  }

  /** What is known so far of a second that is not closed. */
  second(second: number): Second {
    const known = this.#seconds.get(second);
    if (known) return known;
    const made = { second, pieces: [], load: [] };
    this.#seconds.set(second, made);
    return made;
  }

  /** Closes all seconds that anything came of. */
  closeAll(): void {
    this.close(Math.max(-1, ...this.#seconds.keys()) + 1);
  }

  /** Closes all seconds before `end`. */
  close(end: number): void {
    for (; this.#next < end; this.#next += 1) {
      const second = this.#seconds.get(this.#next);
      if (!second) continue;
      this.#seconds.delete(this.#next);
      this.#widen(this.#next);
      this.#closeLoad(second);
      this.#closeLabels(second);
      this.#closeUps.add(second.second, this.#isFull(second.second), second.pieces);
      this.#metrics.close(second.second, second.pieces, this.#grid);
    }
  }

  labels(): Label[] {
    return [...this.#labels.values()]
      .map((record) => this.#written(record))
      .filter(({ steps, series }) => steps.length > 0 || series.length > 0);
  }

  metrics(): CustomMetric[] {
    return this.#metrics.written(this.#grid);
  }

  load(): LoadPoint[] {
    return this.#load.points();
  }

  /** Undefined while all series are as fine. */
  closeUp(): CloseUp | undefined {
    return this.#grid.width > 1 ? this.#closeUps.written() : undefined;
  }

  #closeLoad({ second, load }: Second): void {
    if (load.length === 0) return;
    this.#load.add(second, this.#stepOf(second), addThreads(load), this.#grid.width);
  }

  #closeLabels({ second, pieces }: Second): void {
    const full = this.#isFull(second);
    const byLabel = Map.groupBy(
      pieces
        .filter(({ recorded }) => recorded)
        .flatMap(({ step, labels }) => labels.map((label) => ({ step, label }))),
      ({ label }) => this.#label(label),
    );
    for (const [record, parts] of byLabel) {
      const labels = parts.map(({ label }) => label);
      record.series.add(countSecond(second, full, labels), this.#grid.width);
      for (const [step, count] of countBySteps(parts)) record.steps.get(step)?.second(count);
    }
  }

  #widen(second: number): void {
    for (
      let times = this.#grid.widen(second, this.#labels.size + this.#metrics.size);
      times > 0;
      times -= 1
    ) {
      this.#load.widen();
      this.#metrics.widen();
      for (const { series } of this.#labels.values()) series.widen();
    }
  }

  #label({ kind, name }: Pick<LabelPiece, 'kind' | 'name'>): LabelRecord {
    const key = `${kind} ${name}`;
    const known = this.#labels.get(key);
    if (known) return known;
    const made = { kind, name, steps: new Map(), series: new Series() };
    this.#labels.set(key, made);
    return made;
  }

  #step(label: LabelRecord, step: number): StepRecord {
    const known = label.steps.get(step);
    if (known) return known;
    const made = new StepRecord(step);
    label.steps.set(step, made);
    return made;
  }

  #written({ kind, name, steps, series }: LabelRecord): Label {
    const width = this.#grid.width;
    return {
      kind,
      name,
      steps: [...steps.keys()].sort((a, b) => a - b).map((step) => steps.get(step)!.stats()),
      series: series.points.map((point) =>
        writtenPoint(point, width, this.#hasIdleSecond(point.index * width, width, point.seconds)),
      ),
    };
  }

  /** Whether some full second of an interval counted nothing. */
  #hasIdleSecond(first: number, width: number, counted: number): boolean {
    let full = 0;
    for (let second = first; second < first + width; second += 1) if (this.#isFull(second)) full += 1;
    return counted < full;
  }
}

function countBySteps(parts: readonly { step: number; label: LabelPiece }[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { step, label } of parts) counts.set(step, (counts.get(step) ?? 0) + label.time.count);
  return counts;
}

/** The time of all requests of a second as one. */
export function requestTimes(pieces: readonly Piece[]): Summary {
  const labels = pieces.flatMap((piece) => piece.labels).filter(({ kind }) => kind === 'request');
  return mergeSummaries(
    threeDigits,
    labels.map(({ time }) => time),
  );
}
