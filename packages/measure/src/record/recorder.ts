import type { CustomMetric } from '../schema/custom-metric.ts';
import type { CloseUp, Label, LoadPoint } from '../schema/measurements.ts';
import { addStarts, noStarts, type Starts } from '../schema/starts.ts';
import { CloseUps, type Span } from './close-up.ts';
import { Grid } from './grid.ts';
import { addThreads, LoadSeries } from './load-series.ts';
import { MetricRecords } from './metrics.ts';
import { intervalOf, Series, writtenPoint } from './series.ts';
import type { LabelSnapshot, LoadSnapshot, Snapshot, StageStarts, Unfinished } from './snapshot.ts';
import { StageRecord } from './stage-record.ts';

interface LabelRecord {
  readonly kind: Label['kind'];
  readonly name: string;
  readonly stages: Map<number, StageRecord>;
  readonly series: Series;
}

/** What came of one second, from all threads, until it is complete. */
export interface Second {
  readonly second: number;
  readonly snapshots: Snapshot[];
  readonly load: LoadSnapshot[];
  readonly starts: StageStarts[];
}

/**
 * Adds up all that a share measured. Its snapshots come in whatever order; a second is closed once nothing more comes
 * of it.
 *
 *     snapshots ─┬─▶ stage records   each recorded window as a whole: the figures of a report
 *                ├─▶ series          interval by interval, wider as the run grows: its curves
 *                └─▶ close-ups       second by second around faults, however long the run
 */
export class Recorder {
  readonly #labels = new Map<string, LabelRecord>();
  readonly #metrics = new MetricRecords();
  readonly #load = new LoadSeries();
  /** By stage. */
  readonly #starts = new Map<number, Starts>();
  readonly #grid = new Grid();
  readonly #seconds = new Map<number, Second>();
  readonly #isFull: (second: number) => boolean;
  readonly #stageOf: (second: number) => number;
  readonly #closeUps: CloseUps;
  #next = 0;

  /**
   * @param isFull whether all of a second was recorded
   * @param stageOf in which stage of the plan a second was, whether or not anything finished in it
   * @param close what is kept second by second, too
   */
  constructor(
    { isFull, stageOf }: { isFull: (second: number) => boolean; stageOf: (second: number) => number },
    close: readonly Span[],
  ) {
    this.#isFull = isFull;
    this.#stageOf = stageOf;
    this.#closeUps = new CloseUps(close);
  }

  add(
    snapshots: readonly Snapshot[],
    load: readonly LoadSnapshot[],
    starts: readonly StageStarts[] = [],
  ): void {
    for (const snapshot of snapshots) {
      this.second(snapshot.second).snapshots.push(snapshot);
      this.#metrics.add(snapshot);
      if (!snapshot.recorded) continue;
      for (const label of snapshot.labels) this.#stage(this.#label(label), snapshot.stage).add(label);
    }
    for (const snapshot of load) this.second(snapshot.second).load.push(snapshot);
    for (const each of starts) {
      this.second(each.second).starts.push(each);
      this.#starts.set(each.stage, addStarts([this.starts(each.stage), each]));
    }
  }

  addUnfinished(unfinished: Unfinished): void {
    this.#stage(this.#label(unfinished), unfinished.stage).addUnfinished(unfinished);
  }

  /** What is known so far of a second that is not closed. */
  second(second: number): Second {
    const known = this.#seconds.get(second);
    if (known) return known;
    const made = { second, snapshots: [], load: [], starts: [] };
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
      this.#closeUps.add(second.second, this.#isFull(second.second), second.snapshots);
      this.#metrics.close(second.second, second.snapshots, this.#grid);
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

  /** Of a stage so far. */
  starts(stage: number): Starts {
    return this.#starts.get(stage) ?? noStarts;
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
    this.#load.add(second, this.#stageOf(second), addThreads(load), this.#grid.width);
  }

  #closeLabels({ second, snapshots }: Second): void {
    const full = this.#isFull(second);
    const byLabel = Map.groupBy(
      snapshots
        .filter(({ recorded }) => recorded)
        .flatMap(({ stage, labels }) => labels.map((label) => ({ stage, label }))),
      ({ label }) => this.#label(label),
    );
    for (const [record, parts] of byLabel) {
      const labels = parts.map(({ label }) => label);
      record.series.add(intervalOf(second, full, labels), this.#grid.width);
      for (const [stage, count] of countByStages(parts)) record.stages.get(stage)?.second(count);
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

  #label({ kind, name }: Pick<LabelSnapshot, 'kind' | 'name'>): LabelRecord {
    const key = `${kind} ${name}`;
    const known = this.#labels.get(key);
    if (known) return known;
    const made = { kind, name, stages: new Map(), series: new Series() };
    this.#labels.set(key, made);
    return made;
  }

  #stage(label: LabelRecord, stage: number): StageRecord {
    const known = label.stages.get(stage);
    if (known) return known;
    const made = new StageRecord(stage);
    label.stages.set(stage, made);
    return made;
  }

  #written({ kind, name, stages, series }: LabelRecord): Label {
    const width = this.#grid.width;
    return {
      kind,
      name,
      steps: [...stages.keys()].sort((a, b) => a - b).map((stage) => stages.get(stage)!.stats()),
      series: series.intervals.map((interval) =>
        writtenPoint(interval, width, this.#hasIdleSecond(interval.index * width, width, interval.seconds)),
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

function countByStages(parts: readonly { stage: number; label: LabelSnapshot }[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { stage, label } of parts) counts.set(stage, (counts.get(stage) ?? 0) + label.time.count);
  return counts;
}
